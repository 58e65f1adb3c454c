import { constants, type ZstdOptions as NodeZstdOptions } from "node:zlib";
import type { AsyncWrite } from "@aw/core";
import { checkWriter } from "@aw/core/implementor";
import { EncodeWriter } from "../encode-writer.ts";
import { Encoder } from "../encoder.ts";
import { checkZstd, type CheckedZstd, type ZstdOptions } from "../zstd-options.ts";
import { ParallelEncoder } from "./parallel-encoder.ts";
import { ParallelZstd } from "./parallel-zstd.ts";
import { checkZstdDictionary, requireZstd } from "./platform.ts";
import { zstdCoder } from "./zstd-coders.ts";

/**
 * Compresses into the zstd format (RFC 8878): one frame, or with `parallel` one for each block.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is unknown or out of its range;
 * `ERR_AW_UNSUPPORTED` where the platform has no zstd
 */
export function zstd(inner: AsyncWrite, options: ZstdOptions = {}): EncodeWriter {
  checkWriter("zstd", inner);
  requireZstd("zstd");
  const checked = checkZstd(options);
  checkZstdDictionary("zstd", checked.dictionary);
  const { level, blockSize, parallel } = checked;
  if (parallel === undefined) {
    const encoder = new Encoder(`zstd(${level})`, zstdCoder(nodeOptions(checked)));
    return new EncodeWriter(inner, encoder, { blockSize });
  }
  const label = `zstd(${level}, parallel ${parallel})`;
  const encoder = new ParallelEncoder(
    new ParallelZstd(label, blockSize, nodeOptions(checked)),
    parallel,
  );
  return new EncodeWriter(inner, encoder, { blockSize, firstBlockSize: blockSize });
}

function nodeOptions({
  level,
  checksum,
  windowLog,
  dictionary,
  pledgedSize,
}: CheckedZstd): NodeZstdOptions {
  const params = {
    [constants.ZSTD_c_compressionLevel]: level,
    [constants.ZSTD_c_checksumFlag]: checksum ? 1 : 0,
    ...(windowLog !== undefined && { [constants.ZSTD_c_windowLog]: windowLog }),
  };
  return {
    params,
    ...(dictionary && { dictionary }),
    ...(pledgedSize !== undefined && { pledgedSrcSize: pledgedSize }),
  };
}
