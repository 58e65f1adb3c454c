import { PENDING, type AsyncBufRead, type Poll, type Waker } from "@aw/core";

/** Fails with `error` once so many bytes were read. */
export function failReadsAfter(inner: AsyncBufRead, bytes: number, error: Error): AsyncBufRead {
  let left = bytes;
  return {
    pollFillBuf(waker: Waker): Poll<Uint8Array> {
      if (left === 0) throw error;
      const view = inner.pollFillBuf(waker);
      return view === PENDING ? view : view.subarray(0, left);
    },
    consume(amount: number): void {
      inner.consume(amount);
      left -= amount;
    },
    abort: (reason) => inner.abort?.(reason),
  };
}
