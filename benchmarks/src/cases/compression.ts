import { spawn } from "node:child_process";
import { once } from "node:events";
import { createGunzip, createZstdCompress } from "node:zlib";
import { gzip, unzstd, zstd } from "@aw/compression";
import { memory, sink, type AsyncWrite, type Writer } from "@aw/core";
import {
  expectBytes,
  megabytesPerSecond,
  scaled,
  timed,
  type BenchCase,
  type MeasureOptions,
} from "../bench-case.ts";
import { logLines } from "./gzip.ts";

const PIECE = 64 * 1024;

/** The command to be measured against; it has to be installed. */
const PIGZ = "pigz";

/** Log lines in pieces of 64 KiB, `count` of them. */
function pieces(count: number): Buffer[] {
  const all = Buffer.concat(logLines(Math.ceil((count * PIECE) / 100)));
  return Array.from({ length: count }, (_, index) =>
    all.subarray(index * PIECE, (index + 1) * PIECE),
  );
}

function ours(encode: (inner: AsyncWrite) => Writer, check: (made: Uint8Array) => Promise<number>) {
  return async (options: MeasureOptions): Promise<number> => {
    const data = pieces(scaled(1600, options, 2));
    const into = async (target: AsyncWrite, some: readonly Buffer[]): Promise<void> => {
      const out = encode(target);
      for (const piece of some) await out.writeAll(piece);
      await out.close();
    };
    await into(sink(), data.slice(0, data.length / 4));
    // The lines that the data was made of are garbage by now, and not what is measured.
    globalThis.gc?.();
    const target = memory();
    const milliseconds = await timed(() => into(target, data));
    expectBytes(await check(target.bytes()), data.length * PIECE);
    return megabytesPerSecond(data.length * PIECE, milliseconds);
  };
}

async function gunzipped(made: Uint8Array): Promise<number> {
  const decoder = createGunzip();
  let length = 0;
  decoder.on("data", (chunk: Buffer) => (length += chunk.length));
  decoder.end(made);
  await once(decoder, "end");
  return length;
}

async function unzstded(made: Uint8Array): Promise<number> {
  const target = memory();
  const out = unzstd(target);
  await out.writeAll(made);
  await out.close();
  return target.length;
}

/** The command, fed through its standard input; its start is part of the time. */
async function pigz(options: MeasureOptions): Promise<number> {
  const data = pieces(scaled(1600, options, 2));
  const chunks: Buffer[] = [];
  const milliseconds = await timed(async () => {
    const child = spawn(PIGZ, ["-c", "-p", "2", "-6"], { stdio: ["pipe", "pipe", "inherit"] });
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    for (const piece of data) if (!child.stdin.write(piece)) await once(child.stdin, "drain");
    child.stdin.end();
    await once(child, "close");
  });
  expectBytes(await gunzipped(Buffer.concat(chunks)), data.length * PIECE);
  return megabytesPerSecond(data.length * PIECE, milliseconds);
}

export const gzipParallel: BenchCase = {
  name: "gzip-6-parallel",
  unit: "MB/s",
  subjects: {
    "aw parallel 2": ours((inner) => gzip(inner, { parallel: 2 }), gunzipped),
    "aw serial": ours((inner) => gzip(inner), gunzipped),
    "pigz -p 2": pigz,
  },
};

export const zstd64K: BenchCase = {
  name: "zstd-3-64K",
  unit: "MB/s",
  subjects: {
    aw: ours((inner) => zstd(inner, { checksum: false }), unzstded),
    async createZstdCompress(options) {
      const data = pieces(scaled(1600, options, 2));
      const chunks: Buffer[] = [];
      const milliseconds = await timed(async () => {
        const out = createZstdCompress();
        out.on("data", (chunk: Buffer) => chunks.push(chunk));
        for (const piece of data) if (!out.write(piece)) await once(out, "drain");
        out.end();
        await once(out, "end");
      });
      expectBytes(await unzstded(Buffer.concat(chunks)), data.length * PIECE);
      return megabytesPerSecond(data.length * PIECE, milliseconds);
    },
    "aw parallel 2": ours((inner) => zstd(inner, { checksum: false, parallel: 2 }), unzstded),
  },
};
