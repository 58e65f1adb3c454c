import { gzip as gzipTo, zstd as zstdTo } from "@aw/compression";
import { memory, type AsyncWrite, type Writer } from "@aw/core";
import type { CodecWay } from "../../src/ways.ts";

const by =
  (encode: (inner: AsyncWrite) => Writer): CodecWay =>
  async (pieces) => {
    const target = memory();
    const out = encode(target);
    for (const piece of pieces) await out.writeAll(piece);
    await out.close();
    return [target.bytes()];
  };

export const gzip: Record<string, CodecWay> = {
  await: by((inner) => gzipTo(inner)),
  "await, parallel 2": by((inner) => gzipTo(inner, { parallel: 2 })),
};

// Without the checksum, as Node's own has it by default.
export const zstd: Record<string, CodecWay> = {
  await: by((inner) => zstdTo(inner, { checksum: false })),
  "await, parallel 2": by((inner) => zstdTo(inner, { checksum: false, parallel: 2 })),
};
