import type { Poll } from "./poll.ts";
import type { Waker } from "./waker.ts";

/** One call of the promise API that had to wait: polled until it is ready or throws. */
export interface Operation<T> {
  /** Bytes accepted so far; undefined for operations that write none. */
  readonly bytesWritten: number | undefined;
  poll(waker: Waker): Poll<T>;
}
