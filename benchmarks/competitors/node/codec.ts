import { once } from "node:events";
import type { Transform } from "node:stream";
import { createGzip, createZstdCompress } from "node:zlib";
import type { CodecWay } from "../../src/ways.ts";

const through =
  (create: () => Transform): CodecWay =>
  async (pieces) => {
    const made: Buffer[] = [];
    const out = create();
    out.on("data", (chunk: Buffer) => made.push(chunk));
    for (const piece of pieces) if (!out.write(piece)) await once(out, "drain");
    out.end();
    await once(out, "end");
    return made;
  };

export const gzip: Record<string, CodecWay> = { createGzip: through(() => createGzip()) };
export const zstd: Record<string, CodecWay> = {
  createZstdCompress: through(() => createZstdCompress()),
};
