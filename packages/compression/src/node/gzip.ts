import type { LayerSink, LayerSource } from "@aw/core";
import { checkInner } from "@aw/core/implementor";
import { checkDeflate } from "../deflate-options.ts";
import { encodeLayer } from "../encode-layer.ts";
import type { EncodeReader } from "../encode-reader.ts";
import type { EncodeWriter } from "../encode-writer.ts";
import { GZIP, gzipEncoder, gzipEnvelope, type GzipOptions } from "../gzip-options.ts";
import { ParallelEncoder } from "./parallel-encoder.ts";
import { ParallelGzip } from "./parallel-gzip.ts";
import { crc32, DEFLATE_BLOCK, deflateCoder } from "./zlib-coders.ts";

const PARALLEL_BLOCK = 1024 * 1024;

/**
 * Compresses into the gzip format (RFC 1952), one member.
 *
 * Returns the writer at once. What is written is gathered into blocks; a write waits while two are full.
 * `flush` waits until everything so far is decodable below, which costs some bytes; `close` writes the trailer.
 *
 * @param inner what the compressed bytes go to; closed and aborted together with the writer
 * @param options see {@link GzipOptions}; each has a default
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is neither a writer nor a reader, or an option is unknown or out
 * of its range. Operations fail with what `inner` fails with, or with `ERR_AW_IO` if the codec
 * fails
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once, and leaves
 * the output without its end.
 */
export function gzip(inner: LayerSink, options?: GzipOptions): EncodeWriter;
/**
 * The same for bytes that are read: a reader of what those of `inner` compress to.
 *
 * Returns the reader at once. An operation waits until there is output: of a whole block, of what came before
 * `inner` had nothing for a turn of the event loop (see `flushOnIdle`), or of the end. What is read ahead is
 * one block, and up to 256 KiB of output and one chunk.
 *
 * @param inner what is to be compressed: a reader, or what `toReader` takes but for text; aborted together
 * with the reader
 * @param options see {@link GzipOptions}; each has a default
 * @throws AsyncWriteError as with a writer. Operations reject with what `inner` fails with, after the bytes
 * before it, or with `ERR_AW_IO` if the codec fails
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once.
 */
export function gzip(inner: LayerSource, options?: GzipOptions): EncodeReader;
export function gzip(
  inner: LayerSink | LayerSource,
  options: GzipOptions = {},
): EncodeWriter | EncodeReader {
  checkInner("gzip", inner);
  const block = options?.parallel === undefined ? DEFLATE_BLOCK : PARALLEL_BLOCK;
  const checked = checkDeflate<GzipOptions>("gzip", options, GZIP, block);
  const { level, blockSize } = checked;
  const { parallel } = options;
  if (parallel === undefined) {
    const encoder = gzipEncoder(options, level, deflateCoder("raw", checked), crc32);
    return encodeLayer("gzip", inner, encoder, { blockSize }, options);
  }
  const label = `gzip(${level}, parallel ${parallel})`;
  const format = new ParallelGzip(label, checked, gzipEnvelope(options, level, crc32));
  // The first block is a whole one: what is smaller compresses less well by itself.
  const blocks = { blockSize, firstBlockSize: blockSize };
  return encodeLayer("gzip", inner, new ParallelEncoder(format, parallel), blocks, options);
}
