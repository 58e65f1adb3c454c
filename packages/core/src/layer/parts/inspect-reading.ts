import { NO_BYTES } from "../../engine/chunk-queue.ts";
import { ReadThrough } from "../../engine/read-through.ts";
import type { AsyncBufRead } from "../../trait/async-buf-read.ts";
import { checkConsumed } from "../../trait/consumed.ts";
import { PENDING, type Poll } from "../../trait/poll.ts";
import { NOOP_WAKER, type Waker } from "../../trait/waker.ts";

/** `inspect` of a reader: shows bytes as they are used, once each. */
export class InspectReading extends ReadThrough {
  readonly #fn: (read: Uint8Array) => void;
  #view: Uint8Array = NO_BYTES;
  /** How many bytes of the view have been used: it is valid only until the first of them is. */
  #used = 0;

  constructor(inner: AsyncBufRead, label: string, fn: (read: Uint8Array) => void) {
    super(inner, label);
    this.#fn = fn;
  }

  override pollFillBuf(waker: Waker): Poll<Uint8Array> {
    this.#view = NO_BYTES;
    this.#used = 0;
    const view = super.pollFillBuf(waker);
    if (view !== PENDING) this.#view = view;
    return view;
  }

  override consume(amount: number): void {
    checkConsumed(amount, this.#view.length - this.#used, this);
    if (amount > 0) this.#show(amount);
    super.consume(amount);
    this.#used += amount;
  }

  #show(amount: number): void {
    const view = this.#used === 0 ? this.#view : this.inner.pollFillBuf(NOOP_WAKER);
    if (view === PENDING) return;
    try {
      this.#fn(amount === view.length ? view : view.subarray(0, amount));
    } catch (error) {
      // The bytes are used, so this call must not throw: the next poll does.
      this.latch.fail(error);
    }
  }
}
