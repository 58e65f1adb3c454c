import { AsyncWriteError } from "../trait/error.ts";
import { Timer } from "./timer.ts";

/** What is attempted, how long that may take, and what stops it. */
export interface DeadlineOptions {
  /** What is attempted: the messages begin with it. */
  attempt: string;
  /** How long it may take, in milliseconds. Default: no limit. */
  ms?: number | undefined;
  /** Gives up when it fires. */
  signal?: AbortSignal | undefined;
  /** What the message says of the time, and what to do. Default: "not done within N ms". */
  late?: string | undefined;
  /** Whether the process may end while the time runs. Default: false. */
  unref?: boolean | undefined;
}

/**
 * For implementors: the end of an attempt that is bounded by a time or its signal,
 * whichever comes first. Calls `expire` once then, with `ERR_AW_TIMEOUT` or `ERR_AW_ABORTED`, never
 * synchronously within the constructor. Nothing is called, and nothing is held, after `clear()`.
 *
 * ```ts
 * throwIfAborted(attempt, signal); // before anything is opened
 * const deadline = new Deadline({ attempt, ms: timeout, signal }, (error) => giveUp(error));
 * socket.on("connect", () => { deadline.clear(); resolve(); });
 * ```
 */
export class Deadline {
  readonly #options: DeadlineOptions;
  readonly #timer: Timer;
  readonly #onAbort = (): void => this.#expire(abortedAttempt(this.#options));
  #callback: ((error: AsyncWriteError) => void) | undefined;

  constructor(options: DeadlineOptions, expire: (error: AsyncWriteError) => void) {
    const { ms, signal, unref = false } = options;
    this.#options = options;
    this.#timer = new Timer({ unref });
    this.#callback = expire;
    if (signal?.aborted) {
      queueMicrotask(this.#onAbort);
      return;
    }
    if (ms !== undefined) this.#timer.start(ms, () => this.#expire(this.#late(ms)));
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** The attempt has come to its end. May be called more than once. */
  clear(): void {
    this.#callback = undefined;
    this.#timer.clear();
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
  }

  #expire(error: AsyncWriteError): void {
    const callback = this.#callback;
    this.clear();
    callback?.(error);
  }

  #late(ms: number): AsyncWriteError {
    const { attempt, late = `not done within ${ms} ms` } = this.#options;
    return new AsyncWriteError("ERR_AW_TIMEOUT", `${attempt}: ${late}`);
  }
}

/** For implementors: throws `ERR_AW_ABORTED` if the signal of an attempt has fired already. */
export function throwIfAborted(attempt: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortedAttempt({ attempt, signal });
}

function abortedAttempt({ attempt, signal }: DeadlineOptions): AsyncWriteError {
  const message = `${attempt}: aborted by its signal`;
  return new AsyncWriteError("ERR_AW_ABORTED", message, { cause: signal?.reason });
}
