import type { AsyncWrite } from "@aw/core";
import { checkWriter } from "@aw/core/implementor";
import { checkDecode, DECODE, type DecodeOptions } from "../decode-options.ts";
import { GunzipDecoder } from "../gunzip-decoder.ts";
import { GunzipWriter } from "../gunzip-writer.ts";
import { nodeGzipFormat } from "./node-gzip-format.ts";

/**
 * Decompresses the gzip format (RFC 1952): one member or several, zero bytes after or between them.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is unknown or out of its range
 */
export function gunzip(inner: AsyncWrite, options: DecodeOptions = {}): GunzipWriter {
  checkWriter("gunzip", inner);
  const checked = checkDecode("gunzip", options, DECODE);
  const decoder = new GunzipDecoder(checked, (onHeader) =>
    nodeGzipFormat(checked.report, onHeader),
  );
  return new GunzipWriter(inner, decoder, checked.blockSize);
}
