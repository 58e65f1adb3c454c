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
 * Returns the writer at once. What was written in a turn of the event loop is decoded at its end; a write
 * waits while two blocks are full. `flush` waits until what can be decoded is below; `close` fails unless the
 * input was complete.
 *
 * @param inner what the decoded bytes go to; closed and aborted together with the writer
 * @param options see {@link UnbrotliOptions}; each has a default
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is not a writer, or an option is unknown or out
 * of its range; `ERR_AW_UNSUPPORTED` with
 * `largeWindow` where the platform has no such format. Operations fail with `ERR_AW_CORRUPT`, `ERR_AW_TRUNCATED`, `ERR_AW_LIMIT`,
 * with `ERR_AW_IO` if the codec fails, or with what `inner` fails with
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once. What was
 * decoded before a failure is below already.
 */
export function unbrotli(inner: AsyncWrite, options: UnbrotliOptions = {}): DecodeWriter {
  checkWriter("unbrotli", inner);
  const checked = checkDecode("unbrotli", options, UNBROTLI);
  const { largeWindow = false } = options;
  if (largeWindow) requireLargeWindow("unbrotli");
  const format = plainFormat("brotli", unbrotliCoder(largeWindow));
  return new DecodeWriter(inner, new Decoder("unbrotli", [format], checked), checked.blockSize);
}
