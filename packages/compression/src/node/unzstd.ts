import type { AsyncWrite } from "@aw/core";
import { checkDecode, type DictionaryDecodeOptions } from "../decode-options.ts";
import { DecodeWriter } from "../decode-writer.ts";
import { zstdFormat } from "../zstd-format.ts";
import { requireZstd, unzstdCoder } from "./zlib-coders.ts";

/**
 * Decompresses the zstd format (RFC 8878): frames one after another, skippable ones included. A
 * frame without a checksum may be corrupt unnoticed.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is unknown or out of its range;
 * `ERR_AW_UNSUPPORTED` where the platform has no zstd
 */
export function unzstd(inner: AsyncWrite, options: DictionaryDecodeOptions = {}): DecodeWriter {
  requireZstd("unzstd");
  const checked = checkDecode("unzstd", options, ["dictionary"]);
  const format = zstdFormat(unzstdCoder(options.dictionary));
  return new DecodeWriter(inner, "unzstd", [format], checked);
}
