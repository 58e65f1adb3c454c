import { PENDING, type AsyncBufRead, type Poll, type Waker } from "@aw/core";

/** Answers every second poll with PENDING, and wakes at once. */
export function interleavePendingReads(inner: AsyncBufRead): AsyncBufRead {
  let isPending = false;
  return {
    pollFillBuf(waker: Waker): Poll<Uint8Array> {
      isPending = !isPending;
      if (!isPending) return inner.pollFillBuf(waker);
      waker.wake();
      return PENDING;
    },
    consume: (amount) => inner.consume(amount),
    abort: (reason) => inner.abort?.(reason),
  };
}
