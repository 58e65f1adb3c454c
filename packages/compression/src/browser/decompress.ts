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
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is unknown or out of its range
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
