import { ReadThrough } from "../../engine/read-through.ts";
import type { AsyncBufRead } from "../../trait/async-buf-read.ts";
import { checkConsumed } from "../../trait/consumed.ts";
import { PENDING, type Poll } from "../../trait/poll.ts";
import type { Waker } from "../../trait/waker.ts";
import type { TokenBucket } from "./token-bucket.ts";

/** `throttle` of a reader: shows what may be read now. An end or a failure is not held back. */
export class ThrottleReading extends ReadThrough {
  readonly #bucket: TokenBucket;
  #shown = 0;

  constructor(inner: AsyncBufRead, label: string, bucket: TokenBucket) {
    super(inner, label);
    this.#bucket = bucket;
  }

  override pollFillBuf(waker: Waker): Poll<Uint8Array> {
    // Paid for, and not consumed: what was shown is shown again (AW-READ-1).
    const shown = this.#shown;
    this.#shown = 0;
    const view = super.pollFillBuf(waker);
    if (view === PENDING) return view;
    if (view.length === 0) {
      this.#bucket.clear();
      return view;
    }
    this.#shown = Math.max(shown, this.#bucket.allowed(view.length));
    if (this.#shown === view.length) return view;
    if (this.#shown > 0) return view.subarray(0, this.#shown);
    this.#bucket.wait(view.length, () => this.latch.wake());
    return this.latch.register(waker);
  }

  override consume(amount: number): void {
    checkConsumed(amount, this.#shown, this);
    super.consume(amount);
    this.#shown -= amount;
    this.#bucket.spend(amount);
  }

  protected override cleanUp(): void {
    this.#bucket.clear();
  }
}
