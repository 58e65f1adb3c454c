import type { AsyncWrite } from "@aw/core";
import { checkWriter } from "@aw/core/implementor";
import { checkDeflate } from "../deflate-options.ts";
import { EncodeWriter } from "../encode-writer.ts";
import { GZIP, gzipEncoder, gzipEnvelope, type GzipOptions } from "../gzip-options.ts";
import { ParallelEncoder } from "./parallel-encoder.ts";
import { ParallelGzip } from "./parallel-gzip.ts";
import { crc32, DEFLATE_BLOCK, deflateCoder } from "./zlib-coders.ts";

const PARALLEL_BLOCK = 1024 * 1024;

/**
 * Compresses into the gzip format (RFC 1952), one member.
 *
 * Flush makes everything so far decodable (a sync flush, some bytes larger each time); close writes
 * the trailer.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is unknown or out of its range
 */
export function gzip(inner: AsyncWrite, options: GzipOptions = {}): EncodeWriter {
  checkWriter("gzip", inner);
  const block = options?.parallel === undefined ? DEFLATE_BLOCK : PARALLEL_BLOCK;
  const checked = checkDeflate<GzipOptions>("gzip", options, GZIP, block);
  const { level, blockSize } = checked;
  const { parallel } = options;
  if (parallel === undefined) {
    const encoder = gzipEncoder(options, level, deflateCoder("raw", checked), crc32);
    return new EncodeWriter(inner, encoder, { blockSize });
  }
  const label = `gzip(${level}, parallel ${parallel})`;
  const format = new ParallelGzip(label, checked, gzipEnvelope(options, level, crc32));
  // The first block is a whole one: what is smaller compresses less well by itself.
  const blocks = { blockSize, firstBlockSize: blockSize };
  return new EncodeWriter(inner, new ParallelEncoder(format, parallel), blocks);
}
