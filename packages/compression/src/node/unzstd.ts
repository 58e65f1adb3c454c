import type { AsyncWrite } from "@aw/core";
import { checkDecode, type ZstdDecodeOptions } from "../decode-options.ts";
import { DecodeWriter } from "../decode-writer.ts";
import { checkInteger } from "../options.ts";
import { zstdFormat } from "../zstd-format.ts";
import { checkZstdDictionary, requireZstd } from "./zstd-platform.ts";
import { unzstdCoder } from "./zlib-coders.ts";

/** What zstd itself has. */
const DEFAULT_WINDOW = 27;

/**
 * Decompresses the zstd format (RFC 8878): frames one after another, skippable ones included. A
 * frame without a checksum may be corrupt unnoticed.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is unknown or out of its range;
 * `ERR_AW_UNSUPPORTED` where the platform has no zstd
 */
export function unzstd(inner: AsyncWrite, options: ZstdDecodeOptions = {}): DecodeWriter {
  requireZstd("unzstd");
  const checked = checkDecode("unzstd", options, ["dictionary", "maxWindowLog"]);
  const { dictionary, maxWindowLog = DEFAULT_WINDOW } = options;
  checkInteger("unzstd maxWindowLog", maxWindowLog, 10, 31);
  checkZstdDictionary("unzstd", dictionary);
  const format = zstdFormat(unzstdCoder({ dictionary, maxWindowLog }));
  return new DecodeWriter(inner, "unzstd", [format], checked);
}
