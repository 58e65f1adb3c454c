import type { AsyncWrite } from "@aw/core";
import type { DeflateOptions } from "../deflate-options.ts";
import type { EncodeWriter } from "../encode-writer.ts";
import { flateEncoder } from "../flate.ts";
import { pakoDeflateCoder } from "../sync/pako-coders.ts";

/**
 * Compresses into the zlib format (RFC 1950), which HTTP calls deflate.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is unknown or out of its range
 */
export function deflate(inner: AsyncWrite, options: DeflateOptions = {}): EncodeWriter {
  return flateEncoder("zlib", inner, options, pakoDeflateCoder);
}

/**
 * Compresses into bare deflate (RFC 1951): no header, no checksum.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is unknown or out of its range
 */
export function deflateRaw(inner: AsyncWrite, options: DeflateOptions = {}): EncodeWriter {
  return flateEncoder("raw", inner, options, pakoDeflateCoder);
}
