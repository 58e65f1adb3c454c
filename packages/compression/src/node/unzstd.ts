import type { LayerSink, LayerSource } from "@aw/core";
import { checkInner } from "@aw/core/implementor";
import { checkDecode, ZSTD_DECODE, type ZstdDecodeOptions } from "../decode-options.ts";
import type { DecodeReader } from "../decode-reader.ts";
import type { DecodeWriter } from "../decode-writer.ts";
import { decodeLayer } from "../decode-layer.ts";
import { Decoder } from "../decoder.ts";
import type { Format } from "../format.ts";
import { zstdFormat } from "../zstd-format.ts";
import { checkZstdDictionary, requireZstd } from "./platform.ts";
import { unzstdCoder } from "./zstd-coders.ts";

/** What zstd itself has. */
const DEFAULT_WINDOW = 27;

/**
 * Decompresses the zstd format (RFC 8878): frames one after another, skippable ones included. A frame
 * without a checksum may be corrupt unnoticed.
 *
 * Returns the writer at once. What was written in a turn of the event loop is decoded at its end; a write
 * waits while two blocks are full. `flush` waits until what can be decoded is below; `close` fails unless the
 * input was complete.
 *
 * @param inner what the decoded bytes go to; closed and aborted together with the writer
 * @param options see {@link ZstdDecodeOptions}; each has a default
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is neither a writer nor a reader, or an option is unknown or out
 * of its range; `ERR_AW_UNSUPPORTED` where
 * the platform has no zstd, or ignores dictionaries. Operations fail with `ERR_AW_CORRUPT`, `ERR_AW_TRUNCATED`, `ERR_AW_LIMIT`,
 * with `ERR_AW_IO` if the codec fails, or with what `inner` fails with
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once. A failure
 * drops the last output before it: what the codec had not put out, and what `inner` had not taken.
 */
export function unzstd(inner: LayerSink, options?: ZstdDecodeOptions): DecodeWriter;
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
export function unzstd(inner: LayerSource, options?: ZstdDecodeOptions): DecodeReader;
export function unzstd(
  inner: LayerSink | LayerSource,
  options: ZstdDecodeOptions = {},
): DecodeWriter | DecodeReader {
  checkInner("unzstd", inner);
  requireZstd("unzstd");
  const checked = checkDecode("unzstd", options, ZSTD_DECODE);
  return decodeLayer(
    inner,
    new Decoder("unzstd", [unzstdFormat("unzstd", options)], checked),
    checked.blockSize,
  );
}

/** zstd as one of the formats of a decoder; its options have been checked but for the dictionary. */
export function unzstdFormat(name: string, options: ZstdDecodeOptions): Format {
  const { dictionary, maxWindowLog = DEFAULT_WINDOW } = options;
  checkZstdDictionary(name, dictionary);
  return zstdFormat(unzstdCoder(maxWindowLog, dictionary));
}
