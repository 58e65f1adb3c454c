import type { AsyncWrite } from "@aw/core";
import { checkDecode, type DecodeOptions } from "../decode-options.ts";
import { DecodeWriter } from "../decode-writer.ts";
import { plainFormat } from "../format.ts";
import { unbrotliCoder } from "./zlib-coders.ts";

/**
 * Decompresses the brotli format (RFC 7932). It has no checksum: not every corruption can be
 * noticed.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is unknown or out of its range
 */
export function unbrotli(inner: AsyncWrite, options: DecodeOptions = {}): DecodeWriter {
  const checked = checkDecode("unbrotli", options);
  return new DecodeWriter(inner, "unbrotli", [plainFormat("brotli", unbrotliCoder())], checked);
}
