import type { LayerSink, LayerSource } from "@aw/core";
import { checkInner } from "@aw/core/implementor";
import { crc32 } from "../crc32.ts";
import { checkDecode, ZSTD_DECODE, type ZstdDecodeOptions } from "../decode-options.ts";
import type { DecodeReader } from "../decode-reader.ts";
import type { DecodeWriter } from "../decode-writer.ts";
import { decodeLayer } from "../decode-layer.ts";
import { Decoder } from "../decoder.ts";
import { plainFormat, startsZlib } from "../format.ts";
import { GzipDecoder, gzipFormat } from "../gzip-format.ts";
import { pakoInflateCoder } from "../sync/pako-coders.ts";

/**
 * Decompresses gzip or zlib, whichever the first bytes say. Browsers have no zstd, so `maxWindowLog` is
 * checked but has no effect.
 *
 * Returns the writer at once. What was written in a turn of the event loop is decoded at its end; a write
 * waits while two blocks are full. `flush` waits until what can be decoded is below; `close` fails unless the
 * input was complete.
 *
 * @param inner what the decoded bytes go to; closed and aborted together with the writer
 * @param options see {@link ZstdDecodeOptions}; each has a default
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is neither a writer nor a reader, or an option is unknown or out
 * of its range. Operations fail with `ERR_AW_CORRUPT`, `ERR_AW_TRUNCATED`, `ERR_AW_LIMIT`,
 * with `ERR_AW_IO` if the codec fails, or with what `inner` fails with
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once. A failure
 * drops the last output before it: what the codec had not put out, and what `inner` had not taken.
 */
export function decompress(inner: LayerSink, options?: ZstdDecodeOptions): DecodeWriter;
/**
 * The same for bytes that are read: a reader of what those of `inner` decompress to.
 *
 * Returns the reader at once. An operation waits until there is output; what came in a turn of the event loop
 * is decoded at its end. What is read ahead is one block, and up to 256 KiB of output and one chunk: who reads
 * slowly makes `inner` wait.
 *
 * @param inner what the compressed bytes come from: a reader, or what `toReader` takes but for text; aborted
 * together with the reader
 * @param options see {@link ZstdDecodeOptions}; each has a default
 * @throws AsyncWriteError as with a writer. Operations reject with `ERR_AW_CORRUPT`, `ERR_AW_TRUNCATED` if
 * `inner` ends early, `ERR_AW_LIMIT`, `ERR_AW_IO` if the codec fails, or with what `inner` fails with; each
 * after what the codec had put out before it
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once.
 */
export function decompress(inner: LayerSource, options?: ZstdDecodeOptions): DecodeReader;
export function decompress(
  inner: LayerSink | LayerSource,
  options: ZstdDecodeOptions = {},
): DecodeWriter | DecodeReader {
  checkInner("decompress", inner);
  const checked = checkDecode("decompress", options, ZSTD_DECODE);
  const gzip = gzipFormat((push) => new GzipDecoder(pakoInflateCoder("raw"), crc32, push));
  const zlib = plainFormat("zlib", pakoInflateCoder("zlib", options.dictionary), startsZlib);
  return decodeLayer(inner, new Decoder("decompress", [gzip, zlib], checked), checked.blockSize);
}
