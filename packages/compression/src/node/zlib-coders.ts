import * as zlib from "node:zlib";
import type { Crc32, MakeCoder } from "../coder.ts";
import { crc32 as portableCrc32 } from "../crc32.ts";
import type { ZstdDecodeOptions } from "../decode-options.ts";
import type { CheckedDeflate } from "../deflate-options.ts";
import { provingEnd } from "./proving-end.ts";
import { StreamCoder } from "./stream-coder.ts";

/** What decoders and brotli allocate for output at a time, in bytes. */
const CHUNK = 64 * 1024;

/**
 * How many bytes a trip to the thread pool takes along, at most: so many that the time between two
 * trips hardly counts, in which the thread waits.
 */
export const DEFLATE_BLOCK: number = 256 * 1024;

/** Enough for the output of such a block of text; what does not fit takes another trip. */
const DEFLATE_CHUNK: number = DEFLATE_BLOCK / 2;
const ZSTD_CHUNK: number = 256 * 1024;

/** The platform's own, which uses vector instructions; Node has it since 22.2. */
export const crc32: Crc32 = (zlib as { crc32?: Crc32 }).crc32 ?? portableCrc32;

export function deflateCoder(kind: "zlib" | "raw", options: CheckedDeflate): MakeCoder {
  const create = kind === "zlib" ? zlib.createDeflate : zlib.createDeflateRaw;
  return (push) => {
    const stream = create({ ...zlibOptions(options), chunkSize: DEFLATE_CHUNK });
    return new StreamCoder(stream, push, zlib.constants.Z_SYNC_FLUSH);
  };
}

/** The options in Node's terms, which has no undefined among them. */
export function zlibOptions({
  level,
  windowBits,
  memLevel,
  strategy,
  dictionary,
}: CheckedDeflate): zlib.ZlibOptions {
  const options = { level, windowBits, memLevel, strategy };
  return dictionary === undefined ? options : { ...options, dictionary };
}

export function inflateCoder(kind: "zlib" | "raw", dictionary?: Uint8Array): MakeCoder {
  const create = kind === "zlib" ? zlib.createInflate : zlib.createInflateRaw;
  const options = { chunkSize: CHUNK, ...(dictionary && { dictionary }) };
  return (push) => new StreamCoder(create(options), push);
}

export function brotliCoder(params: Record<number, number>): MakeCoder {
  return (push) => {
    const stream = zlib.createBrotliCompress({ chunkSize: CHUNK, params });
    return new StreamCoder(stream, push, zlib.constants.BROTLI_OPERATION_FLUSH);
  };
}

export function unbrotliCoder(): MakeCoder {
  return provingEnd(
    (push) => new StreamCoder(zlib.createBrotliDecompress({ chunkSize: CHUNK }), push),
  );
}

export function zstdCoder(options: zlib.ZstdOptions): MakeCoder {
  return (push) => {
    const stream = zlib.createZstdCompress({ ...options, chunkSize: ZSTD_CHUNK });
    return new StreamCoder(stream, push, zlib.constants.ZSTD_e_flush);
  };
}

export function unzstdCoder({ dictionary, maxWindowLog }: ZstdDecodeOptions = {}): MakeCoder {
  const options = {
    chunkSize: CHUNK,
    ...(dictionary && { dictionary }),
    ...(maxWindowLog && { params: { [zlib.constants.ZSTD_d_windowLogMax]: maxWindowLog } }),
  };
  return (push) => new StreamCoder(zlib.createZstdDecompress(options), push);
}
