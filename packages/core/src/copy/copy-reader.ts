import type { OperationOptions } from "../options/operation-options.ts";
import { costOf, mustYield } from "../task/coop.ts";
import { schedule, type Runnable } from "../task/executor.ts";
import { nextTurn } from "../task/platform.ts";
import type { AsyncBufRead } from "../trait/async-buf-read.ts";
import { checkFilled } from "../trait/consumed.ts";
import { AsyncWriteError } from "../trait/error.ts";
import { PENDING } from "../trait/poll.ts";
import { NOOP_WAKER, type Waker } from "../trait/waker.ts";
import { abortedBy } from "../writer/poll-fn.ts";
import type { Writer } from "../writer/writer.ts";
import type { CopyOptions } from "./copy-options.ts";

/**
 * From this size on, in bytes, a chunk that the reader gives away is offered to the writer as a loan. Below it
 * none takes one, and a poll costs less than a promise.
 */
const LENT_FROM = 256 * 1024;

/** `copy` from a reader: a loop of polls, which makes a promise only where the writer has no room. */
export function copyReader(
  reader: AsyncBufRead,
  writer: Writer,
  options: CopyOptions,
): Promise<number> {
  return new Promise((resolve, reject) => {
    new ReaderCopy(reader, writer, options, resolve, reject).start();
  });
}

class ReaderCopy implements Waker, Runnable {
  readonly #reader: AsyncBufRead;
  readonly #writer: Writer;
  readonly #options: CopyOptions;
  readonly #resolve: (bytesCopied: number) => void;
  readonly #reject: (error: unknown) => void;
  #removeListener: (() => void) | undefined;
  #bytesCopied = 0;
  #settled = false;
  #scheduled = false;
  /** Whether the writer has what the reader showed last, and has no room for it. */
  #writing = false;
  /** Whether bytes were written since the last flush. */
  #dirty = false;
  #idleCheckScheduled = false;
  /** Counts the bytes and wakes, to tell a wait that lasts from one that is new. */
  #events = 0;

  constructor(
    reader: AsyncBufRead,
    writer: Writer,
    options: CopyOptions,
    resolve: (bytesCopied: number) => void,
    reject: (error: unknown) => void,
  ) {
    this.#reader = reader;
    this.#writer = writer;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(): void {
    const { signal } = this.#options;
    // A write that waits rejects by itself, and says how much of it was accepted.
    this.#removeListener = this.#writer.onFailure((failure) => {
      if (!this.#writing) this.#fail(failure);
    });
    if (signal?.aborted) this.handleEvent();
    signal?.addEventListener("abort", this, { once: true });
    this.run();
  }

  /** The signal has fired. It stops a write that waits, too, as a failure does. */
  handleEvent(): void {
    if (!this.#writing) this.#fail(abortedBy(this.#options.signal as AbortSignal));
  }

  wake(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    schedule(this);
  }

  run(): void {
    this.#scheduled = false;
    this.#events++;
    try {
      while (!this.#settled && !this.#writing && this.#transfer());
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Moves what the reader shows. Returns whether to go on at once. */
  #transfer(): boolean {
    const view = checkFilled(this.#reader.pollFillBuf(this), this.#reader);
    if (view === PENDING) {
      // Where bytes leave by themselves, that is all a flush would be for.
      if (this.#dirty && this.#writer.engine.send?.() === true) this.#dirty = false;
      else this.#checkIdle();
      return false;
    }
    if (view.length === 0) {
      if (this.#flushes()) this.#finish();
      else this.#wait(this.#writer.flush(this.#waiting), () => this.#finish());
      return false;
    }
    const taken = this.#lends(view.length) ? this.#reader.pollTake?.(this) : undefined;
    if (taken !== undefined && taken !== PENDING) {
      this.#wait(this.#writer.writeAll(taken), () => this.#copied(taken.length));
      return false;
    }
    const n = this.#writer.tryWrite(view);
    if (n === 0) {
      // The view stays as it is: nobody polls the reader before this has answered.
      this.#wait(this.#writer.write(view, this.#waiting), (accepted) => this.#accepted(accepted));
      return false;
    }
    this.#reader.consume(n);
    this.#copied(n);
    return !mustYield(costOf(n), this);
  }

  /** Flushes if nothing has to be waited for, without a promise. Returns whether that was so. */
  #flushes(): boolean {
    return this.#writer.isIdle && this.#writer.engine.pollFlush(NOOP_WAKER) !== PENDING;
  }

  /** Whether so many bytes are lent. A loan can't be taken back, so where a signal may stop the copy none is. */
  #lends(length: number): boolean {
    return length >= LENT_FROM && this.#options.signal === undefined;
  }

  get #waiting(): OperationOptions | undefined {
    const { signal } = this.#options;
    return signal === undefined ? undefined : { signal };
  }

  #accepted(n: number): void {
    if (n === 0)
      throw new AsyncWriteError("ERR_AW_WRITE_ZERO", `${this.#writer}: is full for good`);
    this.#reader.consume(n);
    this.#copied(n);
  }

  #wait<T>(answer: Promise<T>, then: (value: T) => void): void {
    this.#writing = true;
    answer
      .then((value) => {
        this.#writing = false;
        if (this.#settled) return;
        then(value);
        this.run();
      })
      .catch((error: unknown) => {
        if (AsyncWriteError.is(error)) this.#bytesCopied += error.bytesWritten ?? 0;
        this.#fail(error);
      });
  }

  #copied(count: number): void {
    this.#dirty = true;
    this.#bytesCopied += count;
    this.#options.onProgress?.(this.#bytesCopied);
  }

  /** Looks in the next turn whether the reader still has nothing, and flushes then. */
  #checkIdle(): void {
    if (this.#options.flushOnIdle === false || this.#idleCheckScheduled || !this.#dirty) return;
    this.#idleCheckScheduled = true;
    const events = this.#events;
    nextTurn(() => {
      this.#idleCheckScheduled = false;
      if (this.#settled || this.#writing) return;
      if (this.#events === events) this.#flush();
      else this.#checkIdle();
    });
  }

  #flush(): void {
    this.#dirty = false;
    this.#writer.flush().catch((error: unknown) => this.#fail(error));
  }

  #finish(): void {
    if (this.#settled) return;
    this.#settle();
    this.#resolve(this.#bytesCopied);
  }

  #fail(error: unknown): void {
    if (this.#settled) return;
    this.#settle();
    this.#reader.abort?.(error);
    this.#reject(AsyncWriteError.is(error) ? error.withBytesWritten(this.#bytesCopied) : error);
  }

  #settle(): void {
    this.#settled = true;
    this.#removeListener?.();
    this.#options.signal?.removeEventListener("abort", this);
  }
}
