import { PENDING, type AsyncWrite, type Poll, type Waker } from "@aw/core";
import { PassThrough } from "./pass-through.ts";

/**
 * Answers every second poll with `PENDING` and wakes at once, before the poll returns. It finds
 * layers that lose their place when they have to come again.
 */
export function interleavePending(inner: AsyncWrite): AsyncWrite {
  return new InterleavePending(inner);
}

class InterleavePending extends PassThrough {
  #pendingNext = true;

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    return buf.length > 0 && this.#waits(waker) ? PENDING : super.pollWrite(waker, buf);
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    const empty = bufs.every((buf) => buf.length === 0);
    return !empty && this.#waits(waker) ? PENDING : super.pollVectoredWrite(waker, bufs);
  }

  override pollFlush(waker: Waker): Poll<void> {
    return this.#waits(waker) ? PENDING : super.pollFlush(waker);
  }

  override pollClose(waker: Waker): Poll<void> {
    return this.#waits(waker) ? PENDING : super.pollClose(waker);
  }

  #waits(waker: Waker): boolean {
    const waits = this.#pendingNext;
    this.#pendingNext = !waits;
    if (waits) waker.wake();
    return waits;
  }
}
