import { checkWriter } from "../options/check-writer.ts";
import type { AsyncWrite } from "../trait/async-write.ts";
import { Writer } from "./writer.ts";

/**
 * Gives any object that has the four methods the promise API. A `Writer` is returned as it is.
 *
 * ```ts
 * import { toWriter, type AsyncWrite } from "@aw/core";
 *
 * const terminal: AsyncWrite = {
 *   pollWrite(_waker, buf) {
 *     console.log(new TextDecoder().decode(buf)); // hello
 *     return buf.length;
 *   },
 *   pollVectoredWrite: (waker, bufs) => terminal.pollWrite(waker, bufs[0] ?? new Uint8Array(0)),
 *   pollFlush() {},
 *   pollClose() {},
 * };
 * await toWriter(terminal).writeAll("hello");
 * ```
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if it lacks one of the methods
 */
export function toWriter(target: AsyncWrite): Writer {
  checkWriter("toWriter", target);
  return Writer.is(target) ? target : new Writer(target);
}
