import * as zlib from "node:zlib";
import type { Coder, CoderFailure, Crc32, MakeCoder, Push } from "../coder.ts";
import { crc32 as portableCrc32 } from "../crc32.ts";
import type { CheckedDeflate } from "../deflate-options.ts";
import { SyncCoder } from "../sync/sync-coder.ts";
import { pakoDeflateCoder, pakoInflateCoder } from "../sync/pako-coders.ts";
import { inflatesByHandle } from "./deno.ts";
import { HandleCodec, ZLIB_FLUSH } from "./handle-codec.ts";
import { MemberInflater } from "./member-inflater.ts";
import { takesDeflateDictionaries } from "./platform.ts";
import { provingEnd } from "./proving-end.ts";
import { StreamCoder } from "./stream-coder.ts";

/**
 * What decoders and brotli allocate for output at a time, in bytes. What does not fit takes another trip to the
 * thread pool.
 */
export const CHUNK: number = 256 * 1024;

/**
 * The max count of bytes for one trip to the thread pool: so many that the time between two
 * trips hardly counts, in which the thread waits.
 */
export const DEFLATE_BLOCK: number = 256 * 1024;

/** Enough for the output of such a block of text; what does not fit takes another trip. */
const DEFLATE_CHUNK: number = DEFLATE_BLOCK / 2;

/** The platform's own, which uses vector instructions; Node has it since 22.2. */
export const crc32: Crc32 = (zlib as { crc32?: Crc32 }).crc32 ?? portableCrc32;

export function deflateCoder(kind: "zlib" | "raw", options: CheckedDeflate): MakeCoder {
  if (lacks(options.dictionary)) return pakoDeflateCoder(kind, options);
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

/** Whether a dictionary is wanted that the platform would ignore. */
function lacks(dictionary: Uint8Array | undefined): boolean {
  return dictionary !== undefined && !takesDeflateDictionaries();
}

export function inflateCoder(kind: "zlib" | "raw", dictionary?: Uint8Array): MakeCoder {
  if (lacks(dictionary)) return pakoInflateCoder(kind, dictionary);
  const create = kind === "zlib" ? zlib.createInflate : zlib.createInflateRaw;
  const options = { chunkSize: CHUNK, ...(dictionary && { dictionary }) };
  return (push) => new StreamCoder(create(options), push);
}

/** Inflates members one after another, each exactly to its end. */
export function memberInflater(push: Push): Coder {
  const make = inflateCoder("raw");
  if (!inflatesByHandle) return make(push);
  return new MemberInflater(
    () => make(push),
    () => new SyncCoder(new HandleCodec(zlib.createInflateRaw(), ZLIB_FLUSH), push),
  );
}

/**
 * Decodes gzip members one after another, up to a zero byte that follows one.
 *
 * @param isTelling which failure at the end says more than that the stream is incomplete
 */
export function gunzipCoder(isTelling: (failure: CoderFailure) => boolean): MakeCoder {
  return provingEnd(
    (push) => new StreamCoder(zlib.createGunzip({ chunkSize: CHUNK }), push),
    isTelling,
  );
}

export function brotliCoder(params: Record<number, number | boolean>): MakeCoder {
  return (push) => {
    const stream = zlib.createBrotliCompress({ chunkSize: CHUNK, params });
    return new StreamCoder(stream, push, zlib.constants.BROTLI_OPERATION_FLUSH);
  };
}

export function unbrotliCoder(largeWindow: boolean): MakeCoder {
  const params = { [zlib.constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: largeWindow };
  const options = { chunkSize: CHUNK, ...(largeWindow && { params }) };
  return provingEnd((push) => new StreamCoder(zlib.createBrotliDecompress(options), push));
}
