import { constants } from "node:zlib";
import type { LayerSink, LayerSource } from "@aw/core";
import { checkInner } from "@aw/core/implementor";
import { checkBrotli, type BrotliOptions } from "../brotli-options.ts";
import { encodeLayer } from "../encode-layer.ts";
import type { EncodeReader } from "../encode-reader.ts";
import type { EncodeWriter } from "../encode-writer.ts";
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
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is neither a writer nor a reader, or an option is unknown or out
 * of its range; `ERR_AW_UNSUPPORTED` with
 * `largeWindow` where the platform has no such format. Operations fail with what `inner` fails with, or with `ERR_AW_IO` if the codec
 * fails
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once, and leaves
 * the output without its end.
 */
export function brotli(inner: LayerSink, options?: BrotliOptions): EncodeWriter;
/**
 * The same for bytes that are read: a reader of what those of `inner` compress to.
 *
 * Returns the reader at once. An operation waits until there is output: of a whole block, of what came before
 * `inner` had nothing for a turn of the event loop (see `flushOnIdle`), or of the end. What is read ahead is
 * one block, and up to 256 KiB of output and one chunk.
 *
 * @param inner what is to be compressed: a reader, or what `toReader` takes but for text; aborted together
 * with the reader
 * @param options see {@link BrotliOptions}; each has a default
 * @throws AsyncWriteError as with a writer. Operations reject with what `inner` fails with, after the bytes
 * before it, or with `ERR_AW_IO` if the codec fails
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once.
 */
export function brotli(inner: LayerSource, options?: BrotliOptions): EncodeReader;
export function brotli(
  inner: LayerSink | LayerSource,
  options: BrotliOptions = {},
): EncodeWriter | EncodeReader {
  checkInner("brotli", inner);
  const { quality, lgwin, largeWindow, mode, sizeHint, blockSize } = checkBrotli(options);
  if (largeWindow) requireLargeWindow("brotli");
  const coder = brotliCoder({
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_LGWIN]: lgwin,
    [constants.BROTLI_PARAM_LARGE_WINDOW]: largeWindow,
    [constants.BROTLI_PARAM_MODE]: mode,
    [constants.BROTLI_PARAM_SIZE_HINT]: sizeHint,
  });
  return encodeLayer(
    "brotli",
    inner,
    new Encoder(`brotli(${quality})`, coder),
    { blockSize },
    options,
  );
}
