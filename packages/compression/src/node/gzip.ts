import type { AsyncWrite } from "@aw/core";
import { checkDeflate } from "../deflate-options.ts";
import { EncodeWriter } from "../encode-writer.ts";
import { GZIP_KEYS, gzipEncoding, gzipEnvelope, type GzipOptions } from "../gzip-options.ts";
import { checkInteger } from "../options.ts";
import { ParallelGzipWriter } from "./parallel-gzip.ts";
import type { ParallelWriter } from "./parallel-writer.ts";
import { crc32, DEFLATE_BLOCK, deflateCoder } from "./zlib-coders.ts";

/** The most blocks at once: more than the thread pool may ever have threads is no use. */
const MOST_PARALLEL = 1024;

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
  const { parallel } = options;
  const block = parallel === undefined ? DEFLATE_BLOCK : PARALLEL_BLOCK;
  const checked = checkDeflate("gzip", options, GZIP_KEYS, block);
  if (parallel === undefined) {
    return new EncodeWriter(
      inner,
      gzipEncoding(options, checked, deflateCoder("raw", checked), crc32),
    );
  }
  checkInteger("gzip parallel", parallel, 1, MOST_PARALLEL);
  const envelope = gzipEnvelope(options, checked.level, crc32);
  return new ParallelGzipWriter(inner, parallel, checked, envelope);
}
