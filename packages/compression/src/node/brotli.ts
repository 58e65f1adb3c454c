import { constants } from "node:zlib";
import type { AsyncWrite } from "@aw/core";
import { checkWriter } from "@aw/core/implementor";
import { checkBrotli, type BrotliOptions } from "../brotli-options.ts";
import { EncodeWriter } from "../encode-writer.ts";
import { Encoder } from "../encoder.ts";
import { requireLargeWindow } from "./platform.ts";
import { brotliCoder } from "./zlib-coders.ts";

/**
 * Compresses into the brotli format (RFC 7932), or with `largeWindow` into its extension.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is unknown or out of its range;
 * `ERR_AW_UNSUPPORTED` with `largeWindow` where the platform has no such format
 */
export function brotli(inner: AsyncWrite, options: BrotliOptions = {}): EncodeWriter {
  checkWriter("brotli", inner);
  const { quality, lgwin, largeWindow, mode, sizeHint, blockSize } = checkBrotli(options);
  if (largeWindow) requireLargeWindow("brotli");
  const coder = brotliCoder({
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_LGWIN]: lgwin,
    [constants.BROTLI_PARAM_LARGE_WINDOW]: largeWindow,
    [constants.BROTLI_PARAM_MODE]: mode,
    [constants.BROTLI_PARAM_SIZE_HINT]: sizeHint,
  });
  return new EncodeWriter(inner, new Encoder(`brotli(${quality})`, coder), { blockSize });
}
