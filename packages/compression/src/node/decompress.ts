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
 * Decompresses gzip, zlib or zstd, whichever the first bytes say. (Nothing tells brotli or raw
 * deflate apart from other bytes.) A `dictionary` is for zlib or zstd, `maxWindowLog` for zstd.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is unknown or out of its range;
 * `ERR_AW_UNSUPPORTED` with a `dictionary` where zstd takes none
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
