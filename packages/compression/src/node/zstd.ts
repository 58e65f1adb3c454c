import { constants, type ZstdOptions as NodeZstdOptions } from "node:zlib";
import type { LayerSink, LayerSource } from "@aw/core";
import { checkInner } from "@aw/core/implementor";
import { encodeLayer } from "../encode-layer.ts";
import type { EncodeReader } from "../encode-reader.ts";
import type { EncodeWriter } from "../encode-writer.ts";
import { Encoder } from "../encoder.ts";
import { checkZstd, type CheckedZstd, type ZstdOptions } from "../zstd-options.ts";
import { ParallelEncoder } from "./parallel-encoder.ts";
import { ParallelZstd } from "./parallel-zstd.ts";
import { checkZstdDictionary, requireZstd } from "./platform.ts";
import { zstdCoder } from "./zstd-coders.ts";

/**
 * Compresses into the zstd format (RFC 8878): one frame, or with `parallel` one for each block.
 *
 * Returns the writer at once. What is written is gathered into blocks; a write waits while two are full.
 * `flush` waits until everything so far is decodable below, which costs some bytes; `close` ends the last frame.
 *
 * @param inner what the compressed bytes go to; closed and aborted together with the writer
 * @param options see {@link ZstdOptions}; each has a default
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is neither a writer nor a reader, or an option is unknown or out
 * of its range; `ERR_AW_UNSUPPORTED` where
 * the platform has no zstd, or ignores dictionaries. Operations fail with what `inner` fails with, or with `ERR_AW_IO` if the codec
 * fails, or the count of bytes is not `pledgedSize`
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once, and leaves
 * the output without its end.
 */
export function zstd(inner: LayerSink, options?: ZstdOptions): EncodeWriter;
/**
 * The same for bytes that are read: a reader of what those of `inner` compress to.
 *
 * Returns the reader at once. An operation waits until there is output: of a whole block, of what came before
 * `inner` had nothing for a turn of the event loop (see `flushOnIdle`), or of the end. What is read ahead is
 * one block, and up to 256 KiB of output and one chunk.
 *
 * @param inner what is to be compressed: a reader, or what `toReader` takes but for text; aborted together
 * with the reader
 * @param options see {@link ZstdOptions}; each has a default
 * @throws AsyncWriteError as with a writer. Operations reject with what `inner` fails with, after the bytes
 * before it, or with `ERR_AW_IO` if the codec fails
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once.
 */
export function zstd(inner: LayerSource, options?: ZstdOptions): EncodeReader;
export function zstd(
  inner: LayerSink | LayerSource,
  options: ZstdOptions = {},
): EncodeWriter | EncodeReader {
  checkInner("zstd", inner);
  requireZstd("zstd");
  const checked = checkZstd(options);
  checkZstdDictionary("zstd", checked.dictionary);
  const { level, blockSize, parallel } = checked;
  if (parallel === undefined) {
    const encoder = new Encoder(`zstd(${level})`, zstdCoder(nodeOptions(checked)));
    return encodeLayer("zstd", inner, encoder, { blockSize }, options);
  }
  const label = `zstd(${level}, parallel ${parallel})`;
  const encoder = new ParallelEncoder(
    new ParallelZstd(label, blockSize, nodeOptions(checked)),
    parallel,
  );
  return encodeLayer("zstd", inner, encoder, { blockSize, firstBlockSize: blockSize }, options);
}

function nodeOptions({
  level,
  checksum,
  windowLog,
  dictionary,
  pledgedSize,
}: CheckedZstd): NodeZstdOptions {
  const params = {
    [constants.ZSTD_c_compressionLevel]: level,
    [constants.ZSTD_c_checksumFlag]: checksum ? 1 : 0,
    ...(windowLog !== undefined && { [constants.ZSTD_c_windowLog]: windowLog }),
  };
  return {
    params,
    ...(dictionary && { dictionary }),
    ...(pledgedSize !== undefined && { pledgedSrcSize: pledgedSize }),
  };
}
