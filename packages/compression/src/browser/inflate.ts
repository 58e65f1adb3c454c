import type { AsyncWrite } from "@aw/core";
import type { DictionaryDecodeOptions, InflateOptions } from "../decode-options.ts";
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
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is not a writer, or an option is unknown or out
 * of its range. Operations fail with `ERR_AW_CORRUPT`, `ERR_AW_TRUNCATED`, `ERR_AW_LIMIT`,
 * with `ERR_AW_IO` if the codec fails, or with what `inner` fails with
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once. What was
 * decoded before a failure is below already.
 */
export function inflate(inner: AsyncWrite, options: InflateOptions = {}): DecodeWriter {
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
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is not a writer, or an option is unknown or out
 * of its range. Operations fail with `ERR_AW_CORRUPT`, `ERR_AW_TRUNCATED`, `ERR_AW_LIMIT`,
 * with `ERR_AW_IO` if the codec fails, or with what `inner` fails with
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once. What was
 * decoded before a failure is below already.
 */
export function inflateRaw(inner: AsyncWrite, options: DictionaryDecodeOptions = {}): DecodeWriter {
  return flateDecoder("raw", inner, options, pakoInflateCoder);
}
