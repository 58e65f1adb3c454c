import type { LayerSink, LayerSource } from "@aw/core";
import { checkInner } from "@aw/core/implementor";
import { crc32 } from "../crc32.ts";
import { checkDeflate } from "../deflate-options.ts";
import { encodeLayer } from "../encode-layer.ts";
import type { EncodeReader } from "../encode-reader.ts";
import type { EncodeWriter } from "../encode-writer.ts";
import { GZIP, gzipEncoder, type GzipOptions } from "../gzip-options.ts";
import { pakoDeflateCoder } from "../sync/pako-coders.ts";
import { unsupported } from "./unsupported.ts";

/**
 * Compresses into the gzip format (RFC 1952), one member, on pako.
 *
 * Returns the writer at once. What is written is gathered into blocks; a write waits while two are full.
 * `flush` waits until everything so far is decodable below, which costs some bytes; `close` writes the trailer.
 *
 * @param inner what the compressed bytes go to; closed and aborted together with the writer
 * @param options see {@link GzipOptions}; each has a default
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is neither a writer nor a reader, or an option is unknown or out
 * of its range; `ERR_AW_UNSUPPORTED` with
 * `parallel`. Operations fail with what `inner` fails with, or with `ERR_AW_IO` if the codec
 * fails
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once, and leaves
 * the output without its end.
 */
export function gzip(inner: LayerSink, options?: GzipOptions): EncodeWriter;
/**
 * The same for bytes that are read: a reader of what those of `inner` compress to.
 *
 * Returns the reader at once. An operation waits until there is output: of a whole block, of what came before
 * `inner` had nothing for a turn of the event loop (see `flushOnIdle`), or of the end. What is read ahead is
 * one block, and up to 256 KiB of output and one chunk.
 *
 * @param inner what is to be compressed: a reader, or what `toReader` takes but for text; aborted together
 * with the reader
 * @param options see {@link GzipOptions}; each has a default
 * @throws AsyncWriteError as with a writer. Operations reject with what `inner` fails with, after the bytes
 * before it, or with `ERR_AW_IO` if the codec fails
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once.
 */
export function gzip(inner: LayerSource, options?: GzipOptions): EncodeReader;
export function gzip(
  inner: LayerSink | LayerSource,
  options: GzipOptions = {},
): EncodeWriter | EncodeReader {
  checkInner("gzip", inner);
  const checked = checkDeflate<GzipOptions>("gzip", options, GZIP);
  if (options.parallel !== undefined) throw unsupported("gzip parallel");
  const coder = pakoDeflateCoder("raw", checked);
  const { level, blockSize } = checked;
  return encodeLayer(
    "gzip",
    inner,
    gzipEncoder(options, level, coder, crc32),
    { blockSize },
    options,
  );
}
