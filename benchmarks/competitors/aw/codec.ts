import { gzip as gzipTo, zstd as zstdTo } from "@aw/compression";
import { memory, type AsyncWrite, type Writer } from "@aw/core";
import type { CodecWay } from "../../src/ways.ts";

type Feed = (out: Writer, pieces: Iterable<Uint8Array>) => Promise<void>;

const by =
  (encode: (inner: AsyncWrite) => Writer, feed: Feed): CodecWay =>
  async (pieces) => {
    const target = memory();
    const out = encode(target);
    await feed(out, pieces);
    await out.close();
    return [target.bytes()];
  };

const awaited: Feed = async (out, pieces) => {
  for (const piece of pieces) await out.writeAll(piece);
};

/** As others write and wait for "drain": awaits only what does not fit. */
const tried: Feed = async (out, pieces) => {
  for (const piece of pieces) {
    const taken = out.tryWrite(piece);
    if (taken < piece.length) await out.writeAll(piece.subarray(taken));
  }
};

export const gzip: Record<string, CodecWay> = {
  await: by((inner) => gzipTo(inner), awaited),
  tryWrite: by((inner) => gzipTo(inner), tried),
  "tryWrite, parallel 2": by((inner) => gzipTo(inner, { parallel: 2 }), tried),
};

// Without the checksum, as Node's own has it by default.
export const zstd: Record<string, CodecWay> = {
  await: by((inner) => zstdTo(inner, { checksum: false }), awaited),
  tryWrite: by((inner) => zstdTo(inner, { checksum: false }), tried),
  "tryWrite, parallel 2": by((inner) => zstdTo(inner, { checksum: false, parallel: 2 }), tried),
};
