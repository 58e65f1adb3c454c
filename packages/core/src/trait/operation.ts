import type { Poll } from "./poll.ts";
import type { Waker } from "./waker.ts";

/** One call of the promise API that had to wait: polled until it is ready or throws. */
export interface Operation<T> {
  /** Bytes accepted so far; undefined for operations that write none. */
  readonly bytesWritten: number | undefined;
  /** What it spends of the cooperative budget. Default: by the bytes written, or as much as a flush. */
  readonly cost?: number;
  poll(waker: Waker): Poll<T>;
}
