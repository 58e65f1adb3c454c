import { ReadThrough } from "../../engine/read-through.ts";
import type { AsyncBufRead } from "../../trait/async-buf-read.ts";
import { checkConsumed } from "../../trait/consumed.ts";
import { PENDING, type Poll } from "../../trait/poll.ts";
import type { Waker } from "../../trait/waker.ts";
import type { TeeEngine } from "./tee-engine.ts";

/** `tee` of a reader: shows what the writers have taken. */
export class TeeReading extends ReadThrough {
  readonly #drop: boolean;
  /** Undefined once all of them have been left out. */
  #writers: TeeEngine | undefined;
  readonly #removeListener: () => void;
  /** How many of the bytes that come next the writers have taken. */
  #written = 0;
  #shown = 0;

  constructor(inner: AsyncBufRead, writers: TeeEngine, drop: boolean) {
    super(inner, String(writers));
    this.#writers = writers;
    this.#drop = drop;
    this.#removeListener = writers.onFailure((failure) => {
      if (!drop) this.latch.fail(failure);
    });
  }

  override pollFillBuf(waker: Waker): Poll<Uint8Array> {
    this.#shown = 0;
    this.latch.check();
    const view = this.pollInner(waker);
    if (view === PENDING) return view;
    if (view.length === 0) return this.#end(waker, view);
    this.#written += this.#write(waker, view.subarray(this.#written));
    if (this.#written === 0) return this.latch.register(waker);
    this.#shown = Math.min(this.#written, view.length);
    return this.#shown === view.length ? view : view.subarray(0, this.#shown);
  }

  override consume(amount: number): void {
    checkConsumed(amount, this.#shown, this);
    super.consume(amount);
    this.#shown -= amount;
    this.#written -= amount;
  }

  protected override cleanUp(): void {
    this.#removeListener();
  }

  #write(waker: Waker, bytes: Uint8Array): number {
    if (bytes.length === 0) return 0;
    const n = this.#poll((writers) => writers.pollWrite(waker, bytes), bytes.length);
    return n === PENDING ? 0 : n;
  }

  /** The end comes once everything is with the writers. */
  #end(waker: Waker, nothing: Uint8Array): Poll<Uint8Array> {
    const flushed = this.#poll((writers) => writers.pollFlush(waker), undefined);
    if (flushed === PENDING) return this.latch.register(waker);
    this.#removeListener();
    this.latch.endClose();
    return nothing;
  }

  /** @param without the answer where there is no writer left */
  #poll<T>(poll: (writers: TeeEngine) => Poll<T>, without: T): Poll<T> {
    if (this.#writers === undefined) return without;
    try {
      return poll(this.#writers);
    } catch (error) {
      if (!this.#drop) throw this.latch.fail(error);
      this.#writers = undefined;
      return without;
    }
  }
}
