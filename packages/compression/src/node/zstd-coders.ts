import * as zlib from "node:zlib";
import type { MakeCoder, Push } from "../coder.ts";
import { SyncCoder } from "../sync/sync-coder.ts";
import { zstdThrowsUncaught } from "./deno.ts";
import { HandleCodec, ZSTD_FLUSH } from "./handle-codec.ts";
import { StreamCoder, type ZlibStream } from "./stream-coder.ts";
import { CHUNK } from "./zlib-coders.ts";

const ENCODE_CHUNK: number = 256 * 1024;

/** Makes one zstd frame. */
export function zstdCoder(options: zlib.ZstdOptions): MakeCoder {
  return (push) => coderOf(zlib.createZstdCompress({ ...options, chunkSize: ENCODE_CHUNK }), push);
}

/** Decodes zstd frames, each of which it is given exactly to its end. */
export function unzstdCoder(maxWindowLog: number, dictionary?: Uint8Array): MakeCoder {
  const options = {
    chunkSize: CHUNK,
    params: { [zlib.constants.ZSTD_d_windowLogMax]: maxWindowLog },
    ...(dictionary && { dictionary }),
  };
  return (push) => coderOf(zlib.createZstdDecompress(options), push);
}

function coderOf(stream: ZlibStream, push: Push): StreamCoder | SyncCoder {
  return zstdThrowsUncaught
    ? new SyncCoder(new HandleCodec(stream, ZSTD_FLUSH), push)
    : new StreamCoder(stream, push, zlib.constants.ZSTD_e_flush);
}
