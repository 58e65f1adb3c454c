import type { LayerSink, LayerSource } from "@aw/core";
import { checkInner } from "@aw/core/implementor";
import { checkDecode, UNBROTLI, type UnbrotliOptions } from "../decode-options.ts";
import type { DecodeReader } from "../decode-reader.ts";
import type { DecodeWriter } from "../decode-writer.ts";
import { decodeLayer } from "../decode-layer.ts";
import { Decoder } from "../decoder.ts";
import { plainFormat } from "../format.ts";
import { requireLargeWindow } from "./platform.ts";
import { unbrotliCoder } from "./zlib-coders.ts";

/**
 * Decompresses the brotli format (RFC 7932), and with `largeWindow` its extension too. It has no
 * checksum: not every corruption can be noticed.
 *
 * Returns the writer at once. What was written in a turn of the event loop is decoded at its end; a write
 * waits while two blocks are full. `flush` waits until what can be decoded is below; `close` fails unless the
 * input was complete.
 *
 * @param inner what the decoded bytes go to; closed and aborted together with the writer
 * @param options see {@link UnbrotliOptions}; each has a default
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is neither a writer nor a reader, or an option is unknown or out
 * of its range; `ERR_AW_UNSUPPORTED` with
 * `largeWindow` where the platform has no such format. Operations fail with `ERR_AW_CORRUPT`, `ERR_AW_TRUNCATED`, `ERR_AW_LIMIT`,
 * with `ERR_AW_IO` if the codec fails, or with what `inner` fails with
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once. A failure
 * drops the last output before it: what the codec had not put out, and what `inner` had not taken.
 */
export function unbrotli(inner: LayerSink, options?: UnbrotliOptions): DecodeWriter;
/**
 * The same for bytes that are read: a reader of what those of `inner` decompress to.
 *
 * Returns the reader at once. An operation waits until there is output; what came in a turn of the event loop
 * is decoded at its end. What is read ahead is one block, and up to 256 KiB of output and one chunk: who reads
 * slowly makes `inner` wait.
 *
 * @param inner what the compressed bytes come from: a reader, or what `toReader` takes but for text; aborted
 * together with the reader
 * @param options see {@link UnbrotliOptions}; each has a default
 * @throws AsyncWriteError as with a writer. Operations reject with `ERR_AW_CORRUPT`, `ERR_AW_TRUNCATED` if
 * `inner` ends early, `ERR_AW_LIMIT`, `ERR_AW_IO` if the codec fails, or with what `inner` fails with; each
 * after what the codec had put out before it
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once.
 */
export function unbrotli(inner: LayerSource, options?: UnbrotliOptions): DecodeReader;
export function unbrotli(
  inner: LayerSink | LayerSource,
  options: UnbrotliOptions = {},
): DecodeWriter | DecodeReader {
  checkInner("unbrotli", inner);
  const checked = checkDecode("unbrotli", options, UNBROTLI);
  const { largeWindow = false } = options;
  if (largeWindow) requireLargeWindow("unbrotli");
  const format = plainFormat("brotli", unbrotliCoder(largeWindow));
  return decodeLayer(inner, new Decoder("unbrotli", [format], checked), checked.blockSize);
}
