import type { AsyncWrite } from "@aw/core";
import { checkWriter } from "@aw/core/implementor";
import { checkDeflate } from "../deflate-options.ts";
import { EncodeWriter } from "../encode-writer.ts";
import { GZIP, gzipEncoding, gzipEnvelope, type GzipOptions } from "../gzip-options.ts";
import { ParallelGzipWriter } from "./parallel-gzip.ts";
import type { ParallelWriter } from "./parallel-writer.ts";
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
export function gzip(inner: AsyncWrite, options: GzipOptions = {}): EncodeWriter | ParallelWriter {
  checkWriter("gzip", inner);
  const block = options?.parallel === undefined ? DEFLATE_BLOCK : PARALLEL_BLOCK;
  const checked = checkDeflate<GzipOptions>("gzip", options, GZIP, block);
  const { parallel } = options;
  if (parallel === undefined) {
    return new EncodeWriter(
      inner,
      gzipEncoding(options, checked, deflateCoder("raw", checked), crc32),
    );
  }
  const envelope = gzipEnvelope(options, checked.level, crc32);
  return new ParallelGzipWriter(inner, parallel, checked, envelope);
}
