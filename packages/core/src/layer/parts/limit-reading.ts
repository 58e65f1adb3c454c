import { ReadThrough } from "../../engine/read-through.ts";
import type { AsyncBufRead } from "../../trait/async-buf-read.ts";
import { checkConsumed } from "../../trait/consumed.ts";
import { PENDING, type Poll } from "../../trait/poll.ts";
import type { Waker } from "../../trait/waker.ts";
import type { Quota } from "./quota.ts";

/** `limit` of a reader: fails where one byte more comes. */
export class LimitReading extends ReadThrough {
  readonly #quota: Quota;
  #shown = 0;

  constructor(inner: AsyncBufRead, label: string, quota: Quota) {
    super(inner, label);
    this.#quota = quota;
  }

  override pollFillBuf(waker: Waker): Poll<Uint8Array> {
    this.#shown = 0;
    const view = super.pollFillBuf(waker);
    if (view === PENDING || view.length === 0) return view;
    const { remaining } = this.#quota;
    if (remaining === 0) throw this.latch.fail(this.#quota.exceeded(this, "came"));
    this.#shown = Math.min(view.length, remaining);
    return this.#shown === view.length ? view : view.subarray(0, remaining);
  }

  override consume(amount: number): void {
    checkConsumed(amount, this.#shown, this);
    super.consume(amount);
    this.#shown -= amount;
    this.#quota.remaining -= amount;
  }
}
