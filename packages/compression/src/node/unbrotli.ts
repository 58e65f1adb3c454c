import type { AsyncWrite } from "@aw/core";
import { checkWriter } from "@aw/core/implementor";
import { checkDecode, UNBROTLI, type UnbrotliOptions } from "../decode-options.ts";
import { DecodeWriter } from "../decode-writer.ts";
import { Decoder } from "../decoder.ts";
import { plainFormat } from "../format.ts";
import { requireLargeWindow } from "./platform.ts";
import { unbrotliCoder } from "./zlib-coders.ts";

/**
 * Decompresses the brotli format (RFC 7932), and with `largeWindow` its extension too. It has no
 * checksum: not every corruption can be noticed.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is unknown or out of its range;
 * `ERR_AW_UNSUPPORTED` with `largeWindow` where the platform has no such format
 */
export function unbrotli(inner: AsyncWrite, options: UnbrotliOptions = {}): DecodeWriter {
  checkWriter("unbrotli", inner);
  const checked = checkDecode("unbrotli", options, UNBROTLI);
  const { largeWindow = false } = options;
  if (largeWindow) requireLargeWindow("unbrotli");
  const format = plainFormat("brotli", unbrotliCoder(largeWindow));
  return new DecodeWriter(inner, new Decoder("unbrotli", [format], checked), checked.blockSize);
}
