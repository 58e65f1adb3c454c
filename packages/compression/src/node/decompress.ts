import type { AsyncWrite } from "@aw/core";
import { checkDecode, type DecodeOptions } from "../decode-options.ts";
import { DecodeWriter } from "../decode-writer.ts";
import { plainFormat, startsZlib } from "../format.ts";
import { gzipFormat } from "../gzip-format.ts";
import { zstdFormat } from "../zstd-format.ts";
import { crc32, inflateCoder, unzstdCoder } from "./zlib-coders.ts";

/**
 * Decompresses gzip, zlib or zstd, whichever the first bytes say. (Nothing tells brotli or raw
 * deflate apart from other bytes.)
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is unknown or out of its range
 */
export function decompress(inner: AsyncWrite, options: DecodeOptions = {}): DecodeWriter {
  const checked = checkDecode("decompress", options);
  const gzip = gzipFormat(inflateCoder("raw"), crc32);
  const zlib = plainFormat("zlib", inflateCoder("zlib"), startsZlib);
  return new DecodeWriter(inner, "decompress", [gzip, zstdFormat(unzstdCoder()), zlib], checked);
}
