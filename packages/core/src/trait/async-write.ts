import type { AsyncWriteError } from "./error.ts";
import type { Poll } from "./poll.ts";
import type { Waker } from "./waker.ts";

/**
 * Writes bytes without blocking and without queueing: the poll-based trait of Rust's
 * `futures-io`. Each method is ready (a plain return), not ready ({@link PENDING}, and the waker
 * is woken when polling again makes sense), or failed (a throw).
 *
 * This is what transports and layers implement. To use one, hold a `Writer` (every factory
 * returns one, `toWriter` lifts anything else). The rules are numbered in ARCHITECTURE.md, and
 * `@aw/conformance` has a case for each.
 */
export interface AsyncWrite {
  /**
   * Accepts bytes from the start of `buf`.
   *
   * Returns n, the count of bytes accepted, at least 1 for a non-empty buffer. 0 for a non-empty
   * buffer means that this writer will never accept more (AW-WRITE-4). An empty buffer gives 0.
   *
   * `PENDING`: no byte was accepted (AW-WRITE-2). The waker of the latest call is woken once
   * there is room, or the writer failed or closed. The next call may bring other bytes.
   *
   * Throws if the writer failed (always the first failure, AW-FAIL-1), or `ERR_AW_CLOSED` from
   * the first `pollClose` on. A throw means that none of these bytes were accepted.
   *
   * For implementors: `buf` is the caller's again on return, whatever you return (AW-WRITE-3):
   * copy what you keep. If earlier bytes must leave to make room, push them yourself
   * (AW-WRITE-7). Never throw `EAGAIN` or `EINTR` (AW-FAIL-3).
   */
  pollWrite(waker: Waker, buf: Uint8Array): Poll<number>;

  /**
   * Pushes every byte accepted so far out of this writer and out of all writers below it.
   *
   * Returns once that is done (AW-FLUSH-1): sockets handed them to the kernel, files to the file
   * (and the disk if asked), compressed bytes can be decoded by the peer.
   *
   * `PENDING`: the waker is woken when it makes sense to poll again. Write, flush and close may
   * follow in any order (AW-FLUSH-3).
   *
   * For implementors: with nothing to flush, return and write nothing (AW-FLUSH-2). Flush your
   * inner writer after your own bytes are in it.
   */
  pollFlush(waker: Waker): Poll<void>;

  /**
   * Flushes, ends the format (trailer, close_notify, FIN), closes the inner writer once and
   * releases everything.
   *
   * Returns once that is done, and again at every later call (AW-CLOSE-3). From the first call on
   * `pollWrite` throws `ERR_AW_CLOSED` (AW-CLOSE-2).
   *
   * `PENDING`: call again when woken; no stage is repeated (AW-CLOSE-1).
   */
  pollClose(waker: Waker): Poll<void>;

  /**
   * Like {@link AsyncWrite.pollWrite} over the concatenation of `bufs`. The count may end inside
   * any buffer; once a byte is accepted, the call is ready (AW-VEC-1).
   *
   * For implementors: extend `Writer` to have the default, `pollWrite` on the first non-empty
   * buffer.
   */
  pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number>;

  /** A hint: one vectored call can beat several plain ones. Forwarded by every wrapper. */
  readonly isVectored?: boolean;

  /**
   * Releases everything at once, without finishing: what dropping the value does in Rust.
   * Synchronous and idempotent. What is pending is woken, later polls throw `ERR_AW_ABORTED`, and
   * nothing at the destination looks finished that is not (AW-ABORT-1, AW-ABORT-2).
   */
  abort?(reason?: unknown): void;

  /**
   * Calls `listener` once this writer, or one below it, has failed, also while nothing is pending.
   * Returns a function that removes the listener; there may be any number of them.
   *
   * It is called once, with the failure that polls throw, in a microtask: never synchronously within
   * a poll, a wake, an abort, or `onFailure` itself, and also if the failure was before (AW-FAIL-5).
   * One that was removed is not called, nor is any once the writer has closed (AW-FAIL-6).
   *
   * For implementors of wrappers: what fails below you has to reach your listeners without a poll
   * (AW-FAIL-7). The engines and `PassThrough` do that.
   */
  onFailure?(listener: FailureListener): () => void;
}

/** Called with the first failure of a writer. */
export type FailureListener = (failure: AsyncWriteError) => void;
