import type { AsyncWriteError } from "@aw/core";
import { Deadline } from "@aw/core/implementor";

/** What ends an upload from outside: its time is over, or the relay stops. */
export class UploadDeadline {
  readonly #deadline: Deadline;
  readonly #expired = new AbortController();
  readonly #listeners: ((error: AsyncWriteError) => void)[] = [];
  #error: AsyncWriteError | undefined;

  constructor(attempt: string, seconds: number | undefined, signal: AbortSignal) {
    const ms = seconds === undefined ? undefined : seconds * 1000;
    this.#deadline = new Deadline({ attempt, ms, signal }, (error) => {
      this.#error = error;
      this.#expired.abort(error);
      for (const listener of this.#listeners) listener(error);
    });
  }

  /** Why it has expired; undefined if it has not. */
  get error(): AsyncWriteError | undefined {
    return this.#error;
  }

  /** Fires when it expires. */
  get signal(): AbortSignal {
    return this.#expired.signal;
  }

  /** Calls `listener` when it expires, or now if it has. */
  onExpire(listener: (error: AsyncWriteError) => void): void {
    if (this.#error === undefined) this.#listeners.push(listener);
    else listener(this.#error);
  }

  clear(): void {
    this.#deadline.clear();
  }
}
