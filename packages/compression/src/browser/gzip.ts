import type { AsyncWrite } from "@aw/core";
import { crc32 } from "../crc32.ts";
import { checkDeflate } from "../deflate-options.ts";
import { EncodeWriter } from "../encode-writer.ts";
import { GZIP_KEYS, gzipEncoding, type GzipOptions } from "../gzip-options.ts";
import { deflateCoder } from "./coders.ts";
import { unsupported } from "./unsupported.ts";

/**
 * Compresses into the gzip format (RFC 1952), one member.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is unknown or out of its range;
 * `ERR_AW_UNSUPPORTED` with `parallel`
 */
export function gzip(inner: AsyncWrite, options: GzipOptions = {}): EncodeWriter {
  const checked = checkDeflate("gzip", options, GZIP_KEYS);
  if (options.parallel !== undefined) throw unsupported("gzip parallel");
  return new EncodeWriter(
    inner,
    gzipEncoding(options, checked, deflateCoder("raw", checked), crc32),
  );
}
