import { constants } from "node:zlib";
import type { AsyncWrite } from "@aw/core";
import { checkBrotli, type BrotliOptions } from "../brotli-options.ts";
import { EncodeWriter } from "../encode-writer.ts";
import { brotliCoder } from "./zlib-coders.ts";

/**
 * Compresses into the brotli format (RFC 7932).
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is unknown or out of its range
 */
export function brotli(inner: AsyncWrite, options: BrotliOptions = {}): EncodeWriter {
  const { quality, lgwin, mode, sizeHint, blockSize } = checkBrotli(options);
  const coder = brotliCoder({
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_LGWIN]: lgwin,
    [constants.BROTLI_PARAM_MODE]: mode,
    [constants.BROTLI_PARAM_SIZE_HINT]: sizeHint,
  });
  return new EncodeWriter(inner, { label: `brotli(${quality})`, blockSize, coder });
}
