import { AsyncWriteError, PENDING, type AsyncBufRead, type Poll, type Waker } from "@aw/core";
import { POISON } from "./poisoner.ts";

/** Up to so many bytes are moved to other memory whenever a view ends. */
const MOVED = 1024;

/**
 * The kit's own source: it shows what it was given, stalls while it was given nothing, ends, fails, and
 * knows how it was treated. A view that is no longer valid (AW-READ-3) is overwritten: who looks at one reads poison.
 */
export class Origin implements AsyncBufRead {
  /** The reasons of all aborts. */
  readonly aborts: unknown[] = [];
  /** How many bytes were consumed. */
  consumed = 0;
  /** Whether it was polled from within a wake of its own (AW-READ-5). */
  wasReentered = false;
  #bytes: Uint8Array = new Uint8Array(0);
  #ending: { error: unknown } | "end" | undefined;
  #waker: Waker | undefined;
  #waking = false;
  #endShown = false;

  /** Gives more bytes. */
  give(bytes: Uint8Array): void {
    const all = new Uint8Array(this.#bytes.length + bytes.length);
    all.set(this.#bytes);
    all.set(bytes, this.#bytes.length);
    this.#bytes = all;
    if (bytes.length > 0) this.#wake();
  }

  /** Nothing more comes. */
  end(): void {
    this.#ending ??= "end";
    this.#wake();
  }

  /** Fails after what it was given. */
  fail(error: Error): void {
    this.#ending ??= { error: AsyncWriteError.from(error) };
    this.#wake();
  }

  /** Wakes who waits, for no reason. */
  wakeSpuriously(): void {
    this.#wake(false);
  }

  pollFillBuf(waker: Waker): Poll<Uint8Array> {
    if (this.#waking) this.wasReentered = true;
    if (this.aborts.length > 0) {
      throw new AsyncWriteError("ERR_AW_ABORTED", "aborted", { cause: this.aborts[0] });
    }
    if (this.#bytes.length > 0) return this.#renew(0);
    if (this.#ending === undefined) {
      this.#waker = waker;
      return PENDING;
    }
    if (this.#ending !== "end") throw this.#ending.error;
    this.#endShown = true;
    return this.#bytes;
  }

  consume(amount: number): void {
    if (!Number.isSafeInteger(amount) || amount < 0 || amount > this.#bytes.length) {
      const finding = `consume(${String(amount)}) of ${this.#bytes.length} bytes`;
      throw new AsyncWriteError("ERR_AW_INVALID_ARGUMENT", finding);
    }
    this.#renew(amount);
    this.consumed += amount;
  }

  abort(reason?: unknown): void {
    if (this.#endShown) return;
    this.aborts.push(reason);
    this.#bytes = new Uint8Array(0);
    this.#wake();
  }

  /** Drops the first `amount` bytes, and moves those behind them, unless that takes long. */
  #renew(amount: number): Uint8Array {
    const shown = this.#bytes;
    const moves = shown.length - amount <= MOVED;
    this.#bytes = moves ? shown.slice(amount) : shown.subarray(amount);
    shown.fill(POISON, 0, moves ? shown.length : amount);
    return this.#bytes;
  }

  #wake(forget = true): void {
    const waker = this.#waker;
    if (forget) this.#waker = undefined;
    this.#waking = true;
    waker?.wake();
    this.#waking = false;
  }
}
