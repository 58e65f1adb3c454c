import type { AsyncWrite } from "@aw/core";
import { checkWriter } from "@aw/core/implementor";
import { crc32 } from "../crc32.ts";
import { checkDeflate } from "../deflate-options.ts";
import { EncodeWriter } from "../encode-writer.ts";
import { GZIP, gzipEncoder, type GzipOptions } from "../gzip-options.ts";
import { pakoDeflateCoder } from "../sync/pako-coders.ts";
import { unsupported } from "./unsupported.ts";

/**
 * Compresses into the gzip format (RFC 1952), one member.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is unknown or out of its range;
 * `ERR_AW_UNSUPPORTED` with `parallel`
 */
export function gzip(inner: AsyncWrite, options: GzipOptions = {}): EncodeWriter {
  checkWriter("gzip", inner);
  const checked = checkDeflate<GzipOptions>("gzip", options, GZIP);
  if (options.parallel !== undefined) throw unsupported("gzip parallel");
  const coder = pakoDeflateCoder("raw", checked);
  const { level, blockSize } = checked;
  return new EncodeWriter(inner, gzipEncoder(options, level, coder, crc32), { blockSize });
}
