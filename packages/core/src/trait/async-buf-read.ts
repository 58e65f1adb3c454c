import type { Poll } from "./poll.ts";
import type { Waker } from "./waker.ts";

/**
 * Reads bytes without blocking: `AsyncBufRead` of Rust's `futures-io`. It shows the bytes that are
 * there, where they are, and is told how many of them were used.
 *
 * This is what transports and layers implement. To use one, hold a `Reader` (`toReader` makes one of
 * anything that can be read). The rules are numbered in ARCHITECTURE.md, and `@aw/conformance` has a
 * case for each.
 */
export interface AsyncBufRead {
  /**
   * Shows what comes next.
   *
   * Returns at least one byte, or an empty array at the end and only there (AW-READ-4). The view is
   * valid, and its bytes stay as they are, until `consume` or the next poll (AW-READ-3). What is not
   * consumed is shown again (AW-READ-1).
   *
   * `PENDING`: nothing is there. The waker of the latest call is woken once there is a byte, the end
   * or a failure (AW-READ-5).
   *
   * Throws if the reader failed, after the bytes that came before the failure (AW-READ-6); always the
   * first failure. Throws `ERR_AW_ABORTED` after `abort` (AW-READ-7).
   *
   * For implementors: the view is only to be read, and may be your own memory. Read ahead no more than
   * you document (AW-READ-8): a reader that nobody polls makes its source wait.
   */
  pollFillBuf(waker: Waker): Poll<Uint8Array>;

  /**
   * The first `amount` bytes of what the latest poll returned were used, and do not come again
   * (AW-READ-2). 0 is allowed; an amount beyond that view is refused with `ERR_AW_INVALID_ARGUMENT`, and
   * nothing is consumed then.
   */
  consume(amount: number): void;

  /**
   * Like `pollFillBuf` and `consume` of everything, for who keeps the bytes: what it returns is the
   * caller's own memory, which nobody else reads or writes any more (AW-READ-9). What else is in its `buffer`
   * is not the caller's.
   *
   * For implementors: have it where chunks can be given away without a copy. Without it, a `Reader`
   * copies.
   */
  pollTake?(waker: Waker): Poll<Uint8Array>;

  /**
   * Releases everything at once, and makes the source stop: what dropping the value does in Rust.
   * Synchronous and idempotent. Bytes that nobody has read are dropped, what is pending is woken, later
   * polls throw `ERR_AW_ABORTED` (AW-READ-7). Does nothing to a reader that was read to its end.
   */
  abort?(reason?: unknown): void;
}
