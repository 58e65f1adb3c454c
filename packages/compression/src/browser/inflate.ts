import type { LayerSink, LayerSource } from "@aw/core";
import type { DictionaryDecodeOptions, InflateOptions } from "../decode-options.ts";
import type { DecodeReader } from "../decode-reader.ts";
import type { DecodeWriter } from "../decode-writer.ts";
import { flateDecoder } from "../flate.ts";
import { pakoInflateCoder } from "../sync/pako-coders.ts";

/**
 * Decompresses the zlib format (RFC 1950), which HTTP calls deflate; with `acceptRaw` also raw deflate,
 * which some servers send under that name.
 *
 * Returns the writer at once. What was written in a turn of the event loop is decoded at its end; a write
 * waits while two blocks are full. `flush` waits until what can be decoded is below; `close` fails unless the
 * input was complete.
 *
 * @param inner what the decoded bytes go to; closed and aborted together with the writer
 * @param options see {@link InflateOptions}; each has a default
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is neither a writer nor a reader, or an option is unknown or out
 * of its range. Operations fail with `ERR_AW_CORRUPT`, `ERR_AW_TRUNCATED`, `ERR_AW_LIMIT`,
 * with `ERR_AW_IO` if the codec fails, or with what `inner` fails with
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once. A failure
 * drops the last output before it: what the codec had not put out, and what `inner` had not taken.
 */
export function inflate(inner: LayerSink, options?: InflateOptions): DecodeWriter;
/**
 * The same for bytes that are read: a reader of what those of `inner` decompress to.
 *
 * Returns the reader at once. An operation waits until there is output; what came in a turn of the event loop
 * is decoded at its end. What is read ahead is one block, and up to 256 KiB of output and one chunk: who reads
 * slowly makes `inner` wait.
 *
 * @param inner what the compressed bytes come from: a reader, or what `toReader` takes but for text; aborted
 * together with the reader
 * @param options see {@link InflateOptions}; each has a default
 * @throws AsyncWriteError as with a writer. Operations reject with `ERR_AW_CORRUPT`, `ERR_AW_TRUNCATED` if
 * `inner` ends early, `ERR_AW_LIMIT`, `ERR_AW_IO` if the codec fails, or with what `inner` fails with; each
 * after what the codec had put out before it
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once.
 */
export function inflate(inner: LayerSource, options?: InflateOptions): DecodeReader;
export function inflate(
  inner: LayerSink | LayerSource,
  options: InflateOptions = {},
): DecodeWriter | DecodeReader {
  return flateDecoder("zlib", inner, options, pakoInflateCoder);
}

/**
 * Decompresses bare deflate (RFC 1951). It has no checksum: not every corruption can be noticed.
 *
 * Returns the writer at once. What was written in a turn of the event loop is decoded at its end; a write
 * waits while two blocks are full. `flush` waits until what can be decoded is below; `close` fails unless the
 * input was complete.
 *
 * @param inner what the decoded bytes go to; closed and aborted together with the writer
 * @param options see {@link DictionaryDecodeOptions}; each has a default
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is neither a writer nor a reader, or an option is unknown or out
 * of its range. Operations fail with `ERR_AW_CORRUPT`, `ERR_AW_TRUNCATED`, `ERR_AW_LIMIT`,
 * with `ERR_AW_IO` if the codec fails, or with what `inner` fails with
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once. A failure
 * drops the last output before it: what the codec had not put out, and what `inner` had not taken.
 */
export function inflateRaw(inner: LayerSink, options?: DictionaryDecodeOptions): DecodeWriter;
/**
 * The same for bytes that are read: a reader of what those of `inner` decompress to.
 *
 * Returns the reader at once. An operation waits until there is output; what came in a turn of the event loop
 * is decoded at its end. What is read ahead is one block, and up to 256 KiB of output and one chunk: who reads
 * slowly makes `inner` wait.
 *
 * @param inner what the compressed bytes come from: a reader, or what `toReader` takes but for text; aborted
 * together with the reader
 * @param options see {@link DictionaryDecodeOptions}; each has a default
 * @throws AsyncWriteError as with a writer. Operations reject with `ERR_AW_CORRUPT`, `ERR_AW_TRUNCATED` if
 * `inner` ends early, `ERR_AW_LIMIT`, `ERR_AW_IO` if the codec fails, or with what `inner` fails with; each
 * after what the codec had put out before it
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once.
 */
export function inflateRaw(inner: LayerSource, options?: DictionaryDecodeOptions): DecodeReader;
export function inflateRaw(
  inner: LayerSink | LayerSource,
  options: DictionaryDecodeOptions = {},
): DecodeWriter | DecodeReader {
  return flateDecoder("raw", inner, options, pakoInflateCoder);
}
