import type { LayerSink, LayerSource } from "@aw/core";
import type { DeflateOptions } from "../deflate-options.ts";
import type { EncodeReader } from "../encode-reader.ts";
import type { EncodeWriter } from "../encode-writer.ts";
import { flateEncoder } from "../flate.ts";
import { pakoDeflateCoder } from "../sync/pako-coders.ts";

/**
 * Compresses into the zlib format (RFC 1950), which HTTP calls deflate.
 *
 * Returns the writer at once. What is written is gathered into blocks; a write waits while two are full.
 * `flush` waits until everything so far is decodable below, which costs some bytes; `close` writes the checksum.
 *
 * @param inner what the compressed bytes go to; closed and aborted together with the writer
 * @param options see {@link DeflateOptions}; each has a default
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is neither a writer nor a reader, or an option is unknown or out
 * of its range. Operations fail with what `inner` fails with, or with `ERR_AW_IO` if the codec
 * fails
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once, and leaves
 * the output without its end.
 */
export function deflate(inner: LayerSink, options?: DeflateOptions): EncodeWriter;
/**
 * The same for bytes that are read: a reader of what those of `inner` compress to.
 *
 * Returns the reader at once. An operation waits until there is output: of a whole block, of what came before
 * `inner` had nothing for a turn of the event loop (see `flushOnIdle`), or of the end. What is read ahead is
 * one block, and up to 256 KiB of output and one chunk.
 *
 * @param inner what is to be compressed: a reader, or what `toReader` takes but for text; aborted together
 * with the reader
 * @param options see {@link DeflateOptions}; each has a default
 * @throws AsyncWriteError as with a writer. Operations reject with what `inner` fails with, after the bytes
 * before it, or with `ERR_AW_IO` if the codec fails
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once.
 */
export function deflate(inner: LayerSource, options?: DeflateOptions): EncodeReader;
export function deflate(
  inner: LayerSink | LayerSource,
  options: DeflateOptions = {},
): EncodeWriter | EncodeReader {
  return flateEncoder("zlib", inner, options, pakoDeflateCoder);
}

/**
 * Compresses into bare deflate (RFC 1951): no header, no checksum.
 *
 * Returns the writer at once. What is written is gathered into blocks; a write waits while two are full.
 * `flush` waits until everything so far is decodable below, which costs some bytes; `close` ends the last block.
 *
 * @param inner what the compressed bytes go to; closed and aborted together with the writer
 * @param options see {@link DeflateOptions}; each has a default
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is neither a writer nor a reader, or an option is unknown or out
 * of its range. Operations fail with what `inner` fails with, or with `ERR_AW_IO` if the codec
 * fails
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once, and leaves
 * the output without its end.
 */
export function deflateRaw(inner: LayerSink, options?: DeflateOptions): EncodeWriter;
/**
 * The same for bytes that are read: a reader of what those of `inner` compress to.
 *
 * Returns the reader at once. An operation waits until there is output: of a whole block, of what came before
 * `inner` had nothing for a turn of the event loop (see `flushOnIdle`), or of the end. What is read ahead is
 * one block, and up to 256 KiB of output and one chunk.
 *
 * @param inner what is to be compressed: a reader, or what `toReader` takes but for text; aborted together
 * with the reader
 * @param options see {@link DeflateOptions}; each has a default
 * @throws AsyncWriteError as with a writer. Operations reject with what `inner` fails with, after the bytes
 * before it, or with `ERR_AW_IO` if the codec fails
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once.
 */
export function deflateRaw(inner: LayerSource, options?: DeflateOptions): EncodeReader;
export function deflateRaw(
  inner: LayerSink | LayerSource,
  options: DeflateOptions = {},
): EncodeWriter | EncodeReader {
  return flateEncoder("raw", inner, options, pakoDeflateCoder);
}
