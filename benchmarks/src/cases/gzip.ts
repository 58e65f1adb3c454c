import { once } from "node:events";
import { createGzip, gunzipSync } from "node:zlib";
import { gzip } from "@aw/compression";
import { memory } from "@aw/core";
import { expectBytes, megabytesPerSecond, scaled, timed, type BenchCase } from "../bench-case.ts";

/** 100-byte log lines that compress as such lines do. */
export function logLines(count: number): Buffer[] {
  return Array.from({ length: count }, (_, index) => {
    const id = ((index * 2_654_435_761) >>> 0).toString(16);
    return Buffer.from(
      `{"level":30,"time":${1_700_000_000_000 + index * 7},"id":"${id}","msg":"request done"}`
        .padEnd(99)
        .concat("\n"),
    );
  });
}

export const gzipLines: BenchCase = {
  name: "gzip-6-lines",
  unit: "MB/s",
  subjects: {
    async aw(options) {
      const lines = logLines(scaled(300_000, options, 10));
      const target = memory();
      const milliseconds = await timed(async () => {
        const out = gzip(target);
        for (const line of lines) await out.writeAll(line);
        await out.close();
      });
      expectBytes(gunzipSync(target.bytes()).length, lines.length * 100);
      return megabytesPerSecond(lines.length * 100, milliseconds);
    },
    async "createGzip per line"(options) {
      const lines = logLines(scaled(30_000, options, 10));
      const chunks: Buffer[] = [];
      const milliseconds = await timed(async () => {
        const out = createGzip();
        out.on("data", (chunk: Buffer) => chunks.push(chunk));
        for (const line of lines) if (!out.write(line)) await once(out, "drain");
        out.end();
        await once(out, "end");
      });
      expectBytes(gunzipSync(Buffer.concat(chunks)).length, lines.length * 100);
      return megabytesPerSecond(lines.length * 100, milliseconds);
    },
  },
};
