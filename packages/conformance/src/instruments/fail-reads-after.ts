import { AsyncWriteError, PENDING, type AsyncBufRead, type Poll, type Waker } from "@aw/core";

/**
 * Fails with `error` once so many bytes were read.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT`, from `consume`, for more bytes than were shown
 */
export function failReadsAfter(inner: AsyncBufRead, bytes: number, error: Error): AsyncBufRead {
  let left = bytes;
  let shown = 0;
  return {
    pollFillBuf(waker: Waker): Poll<Uint8Array> {
      if (left === 0) throw error;
      const view = inner.pollFillBuf(waker);
      shown = view === PENDING ? 0 : Math.min(view.length, left);
      return view === PENDING ? view : view.subarray(0, shown);
    },
    consume(amount: number): void {
      if (amount > shown) {
        const finding = `consume(${amount}) of ${shown} bytes`;
        throw new AsyncWriteError("ERR_AW_INVALID_ARGUMENT", finding);
      }
      inner.consume(amount);
      shown -= amount;
      left -= amount;
    },
    abort: (reason) => inner.abort?.(reason),
  };
}
