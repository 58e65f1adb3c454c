import type { AsyncWrite } from "@aw/core";
import { checkDeflate, type DeflateOptions } from "../deflate-options.ts";
import { EncodeWriter } from "../encode-writer.ts";
import { deflateCoder } from "./zlib-coders.ts";

/**
 * Compresses into the zlib format (RFC 1950), which HTTP calls deflate.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is unknown or out of its range
 */
export function deflate(inner: AsyncWrite, options: DeflateOptions = {}): EncodeWriter {
  const checked = checkDeflate("deflate", options, ["dictionary"]);
  const { level, blockSize } = checked;
  const label = `deflate(${level})`;
  return new EncodeWriter(inner, { label, blockSize, coder: deflateCoder("zlib", checked) });
}

/**
 * Compresses into bare deflate (RFC 1951): no header, no checksum.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is unknown or out of its range
 */
export function deflateRaw(inner: AsyncWrite, options: DeflateOptions = {}): EncodeWriter {
  const checked = checkDeflate("deflateRaw", options, ["dictionary"]);
  const { level, blockSize } = checked;
  const label = `deflate-raw(${level})`;
  return new EncodeWriter(inner, { label, blockSize, coder: deflateCoder("raw", checked) });
}
