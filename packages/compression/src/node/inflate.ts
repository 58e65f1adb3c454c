import type { AsyncWrite } from "@aw/core";
import type { DictionaryDecodeOptions, InflateOptions } from "../decode-options.ts";
import type { DecodeWriter } from "../decode-writer.ts";
import { flateDecoder } from "../flate.ts";
import { inflateCoder } from "./zlib-coders.ts";

/**
 * Decompresses the zlib format (RFC 1950), which HTTP calls deflate; with `acceptRaw` also what some
 * servers send under that name, raw deflate.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is unknown or out of its range
 */
export function inflate(inner: AsyncWrite, options: InflateOptions = {}): DecodeWriter {
  return flateDecoder("zlib", inner, options, inflateCoder);
}

/**
 * Decompresses bare deflate (RFC 1951). It has no checksum: not every corruption can be noticed.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is unknown or out of its range
 */
export function inflateRaw(inner: AsyncWrite, options: DictionaryDecodeOptions = {}): DecodeWriter {
  return flateDecoder("raw", inner, options, inflateCoder);
}
