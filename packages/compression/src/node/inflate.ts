import type { AsyncWrite } from "@aw/core";
import { checkDecode, type DictionaryDecodeOptions } from "../decode-options.ts";
import { DecodeWriter } from "../decode-writer.ts";
import { plainFormat } from "../format.ts";
import { inflateCoder } from "./zlib-coders.ts";

/**
 * Decompresses the zlib format (RFC 1950), which HTTP calls deflate.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is unknown or out of its range
 */
export function inflate(inner: AsyncWrite, options: DictionaryDecodeOptions = {}): DecodeWriter {
  const checked = checkDecode("inflate", options, ["dictionary"]);
  const format = plainFormat("zlib", inflateCoder("zlib", options.dictionary));
  return new DecodeWriter(inner, "inflate", [format], checked);
}

/**
 * Decompresses bare deflate (RFC 1951). It has no checksum: not every corruption can be noticed.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is unknown or out of its range
 */
export function inflateRaw(inner: AsyncWrite, options: DictionaryDecodeOptions = {}): DecodeWriter {
  const checked = checkDecode("inflateRaw", options, ["dictionary"]);
  const format = plainFormat("deflate-raw", inflateCoder("raw", options.dictionary));
  return new DecodeWriter(inner, "inflate-raw", [format], checked);
}
