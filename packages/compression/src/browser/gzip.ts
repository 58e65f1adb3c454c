import type { AsyncWrite } from "@aw/core";
import { checkWriter } from "@aw/core/implementor";
import { crc32 } from "../crc32.ts";
import { checkDeflate } from "../deflate-options.ts";
import { EncodeWriter } from "../encode-writer.ts";
import { GZIP, gzipEncoder, type GzipOptions } from "../gzip-options.ts";
import { pakoDeflateCoder } from "../sync/pako-coders.ts";
import { unsupported } from "./unsupported.ts";

/**
 * Compresses into the gzip format (RFC 1952), one member, on pako.
 *
 * Returns the writer at once. What is written is gathered into blocks; a write waits while two are full.
 * `flush` waits until everything so far is decodable below, which costs some bytes; `close` writes the trailer.
 *
 * @param inner what the compressed bytes go to; closed and aborted together with the writer
 * @param options see {@link GzipOptions}; each has a default
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is not a writer, or an option is unknown or out
 * of its range; `ERR_AW_UNSUPPORTED` with
 * `parallel`. Operations fail with what `inner` fails with, or with `ERR_AW_IO` if the codec
 * fails
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once, and leaves
 * the output without its end.
 */
export function gzip(inner: AsyncWrite, options: GzipOptions = {}): EncodeWriter {
  checkWriter("gzip", inner);
  const checked = checkDeflate<GzipOptions>("gzip", options, GZIP);
  if (options.parallel !== undefined) throw unsupported("gzip parallel");
  const coder = pakoDeflateCoder("raw", checked);
  const { level, blockSize } = checked;
  return new EncodeWriter(inner, gzipEncoder(options, level, coder, crc32), { blockSize });
}
