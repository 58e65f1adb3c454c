import type { AsyncWrite } from "@aw/core";
import { checkWriter } from "@aw/core/implementor";
import { checkDecode, DECODE, type DecodeOptions } from "../decode-options.ts";
import { GunzipDecoder } from "../gunzip-decoder.ts";
import { GunzipWriter } from "../gunzip-writer.ts";
import { nodeGzipFormat } from "./node-gzip-format.ts";

/**
 * Decompresses the gzip format (RFC 1952): one member or several, zero bytes after or between them.
 *
 * Returns the writer at once. What was written in a turn of the event loop is decoded at its end; a write
 * waits while two blocks are full. `flush` waits until what can be decoded is below; `close` fails unless the
 * input was complete.
 *
 * @param inner what the decoded bytes go to; closed and aborted together with the writer
 * @param options see {@link DecodeOptions}; each has a default
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is not a writer, or an option is unknown or out
 * of its range. Operations fail with `ERR_AW_CORRUPT`, `ERR_AW_TRUNCATED`, `ERR_AW_LIMIT`,
 * with `ERR_AW_IO` if the codec fails, or with what `inner` fails with
 *
 * Cancellation: a signal ends the waiting for one operation. `abort` releases the codec at once. What was
 * decoded before a failure is below already.
 */
export function gunzip(inner: AsyncWrite, options: DecodeOptions = {}): GunzipWriter {
  checkWriter("gunzip", inner);
  const checked = checkDecode("gunzip", options, DECODE);
  const decoder = new GunzipDecoder(checked, (onHeader) =>
    nodeGzipFormat(checked.report, onHeader),
  );
  return new GunzipWriter(inner, decoder, checked.blockSize);
}
