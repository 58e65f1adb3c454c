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
 * Returns the writer at once. What is written is gathered into blocks; a write waits while two are full.
 * `flush` waits until everything so far is decodable below, which costs some bytes; `close` ends the last frame.
 *
 * @param inner what the compressed bytes go to; closed and aborted together with the writer
 * @param options see {@link ZstdOptions}; each has a default
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is not a writer, or an option is unknown or out
 * of its range; `ERR_AW_UNSUPPORTED` where
 * the platform has no zstd, or ignores dictionaries. Operations fail with what `inner` fails with, or with `ERR_AW_IO` if the codec
 * fails, or the count of bytes is not `pledgedSize`
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once, and leaves
 * the output without its end.
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
