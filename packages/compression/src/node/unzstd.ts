import type { AsyncWrite } from "@aw/core";
import { checkWriter } from "@aw/core/implementor";
import { checkDecode, ZSTD_DECODE, type ZstdDecodeOptions } from "../decode-options.ts";
import { DecodeWriter } from "../decode-writer.ts";
import { Decoder } from "../decoder.ts";
import type { Format } from "../format.ts";
import { zstdFormat } from "../zstd-format.ts";
import { checkZstdDictionary, requireZstd } from "./platform.ts";
import { unzstdCoder } from "./zstd-coders.ts";

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
  checkWriter("unzstd", inner);
  requireZstd("unzstd");
  const checked = checkDecode("unzstd", options, ZSTD_DECODE);
  return new DecodeWriter(
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
