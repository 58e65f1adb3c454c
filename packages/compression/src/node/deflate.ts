import type { AsyncWrite } from "@aw/core";
import type { DeflateOptions } from "../deflate-options.ts";
import type { EncodeWriter } from "../encode-writer.ts";
import { flateEncoder } from "../flate.ts";
import { DEFLATE_BLOCK, deflateCoder } from "./zlib-coders.ts";

/**
 * Compresses into the zlib format (RFC 1950), which HTTP calls deflate.
 *
 * Returns the writer at once. What is written is gathered into blocks; a write waits while two are full.
 * `flush` waits until everything so far is decodable below, which costs some bytes; `close` writes the checksum.
 *
 * @param inner what the compressed bytes go to; closed and aborted together with the writer
 * @param options see {@link DeflateOptions}; each has a default
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is not a writer, or an option is unknown or out
 * of its range. Operations fail with what `inner` fails with, or with `ERR_AW_IO` if the codec
 * fails
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once, and leaves
 * the output without its end.
 */
export function deflate(inner: AsyncWrite, options: DeflateOptions = {}): EncodeWriter {
  return flateEncoder("zlib", inner, options, deflateCoder, DEFLATE_BLOCK);
}

/**
 * Compresses into bare deflate (RFC 1951): no header, no checksum.
 *
 * Returns the writer at once. What is written is gathered into blocks; a write waits while two are full.
 * `flush` waits until everything so far is decodable below, which costs some bytes; `close` ends the last block.
 *
 * @param inner what the compressed bytes go to; closed and aborted together with the writer
 * @param options see {@link DeflateOptions}; each has a default
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is not a writer, or an option is unknown or out
 * of its range. Operations fail with what `inner` fails with, or with `ERR_AW_IO` if the codec
 * fails
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once, and leaves
 * the output without its end.
 */
export function deflateRaw(inner: AsyncWrite, options: DeflateOptions = {}): EncodeWriter {
  return flateEncoder("raw", inner, options, deflateCoder, DEFLATE_BLOCK);
}
