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
 * Returns the writer at once. What is written is gathered into blocks; a write waits while two are full.
 * `flush` waits until everything so far is decodable below, which costs some bytes; `close` ends the stream.
 *
 * @param inner what the compressed bytes go to; closed and aborted together with the writer
 * @param options see {@link BrotliOptions}; each has a default
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is not a writer, or an option is unknown or out
 * of its range; `ERR_AW_UNSUPPORTED` with
 * `largeWindow` where the platform has no such format. Operations fail with what `inner` fails with, or with `ERR_AW_IO` if the codec
 * fails
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once, and leaves
 * the output without its end.
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
