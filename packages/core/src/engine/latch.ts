import type { FailureListener } from "../trait/async-write.ts";
import { describe } from "../trait/describe.ts";
import { AsyncWriteError } from "../trait/error.ts";
import { PENDING, type Pending } from "../trait/poll.ts";
import type { WriterState } from "../trait/state.ts";
import type { Waker } from "../trait/waker.ts";
import { FailureListeners } from "./failure-listeners.ts";

/**
 * The life of a writer: a state that only goes forward, the first failure, the waker of the task
 * that waits, and those who asked to hear of a failure.
 */
export class Latch {
  /** Where the writer is in its life. For everybody else to read only. */
  state: WriterState = "open";
  readonly #owner: object;
  readonly #release: (failure: AsyncWriteError, owner: never) => void;
  readonly #onState: ((state: WriterState) => void) | undefined;
  #failure: AsyncWriteError | undefined;
  #aborted = false;
  #waker: Waker | undefined;
  #listeners: FailureListeners | undefined;

  /**
   * @param owner whose life it is; messages call it by its `toString`
   * @param release releases memory, timers and descriptors (AW-FAIL-4); called once, with the failure and the
   * owner, so that one function can serve all owners of a kind
   * @param onState called with each new state: for an owner whose ready path has it at hand
   */
  constructor(
    owner: object,
    release: (failure: AsyncWriteError, owner: never) => void,
    onState?: (state: WriterState) => void,
  ) {
    this.#owner = owner;
    this.#release = release;
    this.#onState = onState;
  }

  /** Throws why a writer that is not open accepts no bytes (AW-CLOSE-2). */
  refuse(): never {
    throw (
      this.#failure ??
      new AsyncWriteError(
        "ERR_AW_CLOSED",
        `${describe(this.#owner)}: write after close; open a new writer`,
      )
    );
  }

  /** Throws the failure, if there is one (AW-FAIL-1). */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Registers the waker of the latest call (AW-WAKE-1). */
  register(waker: Waker): Pending {
    this.#waker = waker;
    return PENDING;
  }

  /** Wakes the task that waits, if one does. */
  wake(): void {
    const waker = this.#waker;
    this.#waker = undefined;
    waker?.wake();
  }

  /** `pollClose` was called. */
  beginClose(): void {
    if (this.state === "open") this.#enter("closing");
  }

  /** `pollClose` is ready from now on. */
  endClose(): void {
    this.#enter("closed");
    this.#listeners?.clear();
  }

  /**
   * Latches the first failure, releases what the writer holds, and wakes the task that waits
   * (AW-FAIL-2). Returns the failure that counts: the first. After close nothing is a failure of
   * the writer any more.
   */
  fail(error: unknown): AsyncWriteError {
    if (this.#failure !== undefined) return this.#failure;
    const failure = AsyncWriteError.from(error, describe(this.#owner));
    if (this.state === "closed") return failure;
    this.#failure = failure;
    this.#enter("failed");
    try {
      this.#release(failure, this.#owner as never);
    } catch (second) {
      // It must not keep those who wait asleep, nor be lost: it surfaces as an uncaught exception.
      reportUncaught(second);
    }
    this.wake();
    this.#listeners?.settle(failure);
    return failure;
  }

  /**
   * Fails with `ERR_AW_ABORTED`, `reason` as its cause, unless it has failed before. Returns whether
   * inner writers are to be aborted too: at the first abort, and not after close (AW-ABORT-1).
   */
  abort(reason: unknown): boolean {
    if (this.#aborted || this.state === "closed") return false;
    this.#aborted = true;
    this.fail(
      new AsyncWriteError("ERR_AW_ABORTED", `${describe(this.#owner)}: aborted`, { cause: reason }),
    );
    return true;
  }

  /**
   * Calls `listener` once, in a microtask, with the first failure, also if that was before; never
   * after close (AW-FAIL-5, AW-FAIL-6). Returns what removes the listener.
   *
   * @param listenBelow listens to the writers below, and returns what ends that; called once there is
   * a listener, so that what fails below reaches it without a poll (AW-FAIL-7)
   */
  onFailure(
    listener: FailureListener,
    listenBelow: () => (() => void) | undefined = nothingBelow,
  ): () => void {
    if (this.state === "closed") return nothingBelow;
    this.#listeners ??= new FailureListeners(listenBelow);
    return this.#listeners.add(listener, this.#failure);
  }

  #enter(state: WriterState): void {
    this.state = state;
    this.#onState?.(state);
  }
}

function nothingBelow(): undefined {}

function reportUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
