import type { AsyncWrite } from "@aw/core";
import { crc32 } from "../crc32.ts";
import { checkDecode, type DecodeOptions } from "../decode-options.ts";
import { DecodeWriter } from "../decode-writer.ts";
import { plainFormat, startsZlib } from "../format.ts";
import { gzipFormat } from "../gzip-format.ts";
import { inflateCoder } from "./coders.ts";

/**
 * Decompresses gzip or zlib, whichever the first bytes say. Browsers have no zstd.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is unknown or out of its range
 */
export function decompress(inner: AsyncWrite, options: DecodeOptions = {}): DecodeWriter {
  const checked = checkDecode("decompress", options);
  const gzip = gzipFormat(inflateCoder("raw"), crc32);
  const zlib = plainFormat("zlib", inflateCoder("zlib"), startsZlib);
  return new DecodeWriter(inner, "decompress", [gzip, zlib], checked);
}
