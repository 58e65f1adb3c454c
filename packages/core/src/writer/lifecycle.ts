import type { FailureListener } from "../trait/async-write.ts";
import { describe } from "../trait/describe.ts";
import { AsyncWriteError } from "../trait/error.ts";
import { FailureListeners } from "./failure-listeners.ts";
import { PENDING, type Pending } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";

/**
 * - `open`: takes bytes
 * - `closing`: close has begun
 * - `closed`: close is done, all bytes are where they belong
 * - `failed`: it failed or was aborted; every poll throws the first failure
 */
export type WriterState = "open" | "closing" | "closed" | "failed";

/**
 * The life of a writer, and what every poll has to do with it: the failure that is latched, the
 * waker that is kept, the state that only goes forward.
 */
export abstract class Lifecycle {
  /** Where in its life the writer is. */
  readonly state: WriterState = "open";

  #failure: AsyncWriteError | undefined;
  #aborted = false;
  #parked: Waker | undefined;
  #listeners: FailureListeners | undefined;

  /**
   * Lets go of everything at once, of the writers below too, without finishing: nothing at the
   * destination looks complete. What is pending rejects with `ERR_AW_ABORTED`, `reason` as its
   * cause. Does nothing to a writer that is closed.
   */
  abort(reason?: unknown): void {
    if (this.#aborted || this.state === "closed") return;
    this.#aborted = true;
    this.fail(new AsyncWriteError("ERR_AW_ABORTED", `${this}: aborted`, { cause: reason }));
    this.onAbort(reason);
  }

  /**
   * Calls `listener` once, in a microtask, with the first failure of this writer or of one below it,
   * also while it is idle, and also if it has failed already. Never once it is closed.
   *
   * @returns a function that removes the listener
   */
  onFailure(listener: FailureListener): () => void {
    if (this.state === "closed") return () => {};
    this.#listeners ??= new FailureListeners(() => this.listenBelow());
    return this.#listeners.add(listener, this.#failure);
  }

  /** The layers, outermost first: "buffered(64 KiB) > gzip(6) > tcp 127.0.0.1:9443". */
  toString(): string {
    return this.constructor.name;
  }

  /**
   * For implementors: releases memory, timers and descriptors. Called once, when the writer failed or
   * was aborted (AW-FAIL-4).
   */
  protected cleanUp(_failure: AsyncWriteError): void {}

  /**
   * For implementors of wrappers: listens to the failures of the writers below, and fails with them
   * (AW-FAIL-7). Returns what ends that. Called once somebody listens to this writer.
   */
  protected listenBelow(): (() => void) | undefined {
    return undefined;
  }

  /** For implementors: passes the abort on to inner writers. Called once. */
  protected onAbort(_reason: unknown): void {}

  /** For implementors: throws why a writer that is not open takes no bytes (AW-CLOSE-2). */
  protected refuse(): never {
    throw (
      this.#failure ??
      new AsyncWriteError("ERR_AW_CLOSED", `${this}: write after close; open a new writer`)
    );
  }

  /** For implementors: throws the failure, if there is one (AW-FAIL-1). */
  protected check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /**
   * For implementors: latches the first failure, releases, and wakes who waits (AW-FAIL-2).
   * Returns the failure that counts: the first. What comes after close is not a failure of the
   * writer any more.
   */
  protected fail(error: unknown): AsyncWriteError {
    if (this.#failure !== undefined) return this.#failure;
    const failure = AsyncWriteError.from(error, describe(this));
    if (this.state === "closed") return failure;
    this.#failure = failure;
    this.#enter("failed");
    try {
      this.cleanUp(failure);
    } catch (second) {
      // Releasing failed on top. It must not keep those who wait asleep, nor be lost: it surfaces
      // as an uncaught exception.
      queueMicrotask(() => {
        throw second;
      });
    }
    this.unpark();
    this.wakeOperations();
    this.#listeners?.settle(failure);
    return failure;
  }

  /** For implementors: keeps the waker of the latest call (AW-WAKE-1) and returns `PENDING`. */
  protected park(waker: Waker): Pending {
    this.#parked = waker;
    return PENDING;
  }

  /** For implementors: wakes the one who was parked, if any. */
  protected unpark(): void {
    const waker = this.#parked;
    this.#parked = undefined;
    waker?.wake();
  }

  /** Wakes the operations that wait, after a failure. */
  protected wakeOperations(): void {}

  /** For implementors: `pollClose` was called. */
  protected beginClose(): void {
    if (this.state === "open") this.#enter("closing");
  }

  /** For implementors: `pollClose` is ready from now on. */
  protected endClose(): void {
    this.#enter("closed");
    this.#listeners?.clear();
  }

  #enter(state: WriterState): void {
    (this as { state: WriterState }).state = state;
  }
}
