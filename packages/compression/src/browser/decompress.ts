import type { AsyncWrite } from "@aw/core";
import { checkWriter } from "@aw/core/implementor";
import { crc32 } from "../crc32.ts";
import { checkDecode, ZSTD_DECODE, type ZstdDecodeOptions } from "../decode-options.ts";
import { DecodeWriter } from "../decode-writer.ts";
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
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is not a writer, or an option is unknown or out
 * of its range. Operations fail with `ERR_AW_CORRUPT`, `ERR_AW_TRUNCATED`, `ERR_AW_LIMIT`,
 * with `ERR_AW_IO` if the codec fails, or with what `inner` fails with
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once. What was
 * decoded before a failure is below already.
 */
export function decompress(inner: AsyncWrite, options: ZstdDecodeOptions = {}): DecodeWriter {
  checkWriter("decompress", inner);
  const checked = checkDecode("decompress", options, ZSTD_DECODE);
  const gzip = gzipFormat((push) => new GzipDecoder(pakoInflateCoder("raw"), crc32, push));
  const zlib = plainFormat("zlib", pakoInflateCoder("zlib", options.dictionary), startsZlib);
  return new DecodeWriter(
    inner,
    new Decoder("decompress", [gzip, zlib], checked),
    checked.blockSize,
  );
}
