import type { AsyncWrite } from "../trait/async-write.ts";
import { checkWriter } from "../options/check-writer.ts";
import { PassThrough } from "../engine/pass-through.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import { Writer } from "../writer/writer.ts";

/**
 * Keeps what is below it open: close becomes flush, abort goes no further. So a gzip member or a
 * TLS layer can be ended, and the connection below it used on.
 *
 * ```ts
 * import { buffered, keepOpen, memory } from "@aw/core";
 *
 * const file = memory();
 * const member = buffered(keepOpen(file));
 * await member.writeAll("a part");
 * await member.close(); // it is in the file
 * await file.writeAll(", and more");
 * console.log(file.text()); // a part, and more
 * ```
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is not a writer
 */
export function keepOpen(inner: AsyncWrite): Writer {
  checkWriter("keepOpen", inner);
  return new Writer(new KeepOpenLayer(inner, "keepOpen"));
}

class KeepOpenLayer extends PassThrough {
  protected override closeInner(waker: Waker): Poll<void> {
    if (this.flushInner(waker) === PENDING) return PENDING;
    this.latch.endClose();
  }

  protected override abortInner(): void {}
}
