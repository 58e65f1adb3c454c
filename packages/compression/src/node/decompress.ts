import type { AsyncWrite } from "@aw/core";
import { checkWriter } from "@aw/core/implementor";
import { checkDecode, ZSTD_DECODE, type ZstdDecodeOptions } from "../decode-options.ts";
import { DecodeWriter } from "../decode-writer.ts";
import { Decoder } from "../decoder.ts";
import { plainFormat, startsZlib } from "../format.ts";
import { nodeGzipFormat } from "./node-gzip-format.ts";
import { unzstdFormat } from "./unzstd.ts";
import { inflateCoder } from "./zlib-coders.ts";

/**
 * Decompresses gzip, zlib or zstd, whichever the first bytes say. (Nothing tells brotli or raw deflate
 * apart from other bytes.) A `dictionary` is for zlib or zstd, `maxWindowLog` for zstd.
 *
 * Returns the writer at once. What was written in a turn of the event loop is decoded at its end; a write
 * waits while two blocks are full. `flush` waits until what can be decoded is below; `close` fails unless the
 * input was complete.
 *
 * @param inner what the decoded bytes go to; closed and aborted together with the writer
 * @param options see {@link ZstdDecodeOptions}; each has a default
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is not a writer, or an option is unknown or out
 * of its range; `ERR_AW_UNSUPPORTED` with a
 * `dictionary` where zstd has none. Operations fail with `ERR_AW_CORRUPT`, `ERR_AW_TRUNCATED`, `ERR_AW_LIMIT`,
 * with `ERR_AW_IO` if the codec fails, or with what `inner` fails with
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once. What was
 * decoded before a failure is below already.
 */
export function decompress(inner: AsyncWrite, options: ZstdDecodeOptions = {}): DecodeWriter {
  checkWriter("decompress", inner);
  const checked = checkDecode("decompress", options, ZSTD_DECODE);
  const formats = [
    nodeGzipFormat(checked.report),
    unzstdFormat("decompress", options),
    plainFormat("zlib", inflateCoder("zlib", options.dictionary), startsZlib),
  ] as const;
  return new DecodeWriter(inner, new Decoder("decompress", formats, checked), checked.blockSize);
}
