import { refusedOptions, type OperationOptions } from "../options/operation-options.ts";
import { spend } from "../task/coop.ts";
import { AsyncWriteError } from "../trait/error.ts";
import { schedule, type Runnable } from "../task/executor.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";

/**
 * Drives a poll function to its end: calls it now, and again each time its waker was woken.
 *
 * Resolves with what it returns, rejects with what it throws, and rejects with `ERR_AW_ABORTED`
 * when the signal fires first; it is not polled again then.
 *
 * ```ts
 * import { memory, pollFn } from "@aw/core";
 *
 * const target = memory();
 * const bytes = new TextEncoder().encode("hello");
 * console.log(await pollFn((waker) => target.pollWrite(waker, bytes))); // 5
 * ```
 */
export function pollFn<T>(fn: (waker: Waker) => Poll<T>, options?: OperationOptions): Promise<T> {
  const refused = refusedOptions(NAME, options);
  if (refused !== undefined) return Promise.reject(refused);
  return new Promise((resolve, reject) => {
    const signal = options?.signal;
    if (signal?.aborted) {
      reject(abortedBy(signal));
      return;
    }
    new PollTask(fn, resolve, reject, signal).run();
  });
}

/** The rejection of an operation whose signal fired. */
export function abortedBy(signal: AbortSignal, bytesWritten?: number): AsyncWriteError {
  return new AsyncWriteError("ERR_AW_ABORTED", "the operation was aborted by its signal", {
    cause: signal.reason,
    ...(bytesWritten === undefined ? {} : { bytesWritten }),
  });
}

const NAME = { toString: () => "pollFn" };

class PollTask<T> implements Waker, Runnable {
  readonly #fn: (waker: Waker) => Poll<T>;
  readonly #resolve: (value: T) => void;
  readonly #reject: (error: unknown) => void;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#abort();
  #scheduled = false;
  #settled = false;

  constructor(
    fn: (waker: Waker) => Poll<T>,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
    signal: AbortSignal | undefined,
  ) {
    this.#fn = fn;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#signal = signal;
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  wake(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    schedule(this);
  }

  run(): void {
    this.#scheduled = false;
    if (this.#settled) return;
    try {
      const result = this.#fn(this);
      if (result === PENDING) return;
      this.#settle();
      const turn = spend(1);
      if (turn === undefined) this.#resolve(result);
      else void turn.then(() => this.#resolve(result));
    } catch (error) {
      this.#settle();
      this.#reject(error);
    }
  }

  #abort(): void {
    if (this.#settled) return;
    this.#settle();
    this.#reject(abortedBy(this.#signal as AbortSignal));
  }

  #settle(): void {
    this.#settled = true;
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }
}
