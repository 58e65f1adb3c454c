import { AsyncWriteError, PENDING, type AsyncBufRead, type Poll, type Waker } from "@aw/core";

/**
 * A reader in front of another one that shows at most `bytes` bytes a poll, so that every operation
 * has to go on across views.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT`, from `consume`, for more bytes than were shown
 */
export function chunked(inner: AsyncBufRead, bytes: number): AsyncBufRead {
  let shown = 0;
  return {
    pollFillBuf(waker: Waker): Poll<Uint8Array> {
      const view = inner.pollFillBuf(waker);
      if (view === PENDING) return view;
      shown = Math.min(view.length, bytes);
      return view.subarray(0, shown);
    },
    consume(amount: number): void {
      if (amount > shown) {
        const finding = `consume(${amount}) of ${shown} bytes`;
        throw new AsyncWriteError("ERR_AW_INVALID_ARGUMENT", finding);
      }
      inner.consume(amount);
      shown -= amount;
    },
    abort: (reason) => inner.abort?.(reason),
  };
}
