import type { AsyncWrite } from "../trait/async-write.ts";
import { byteLength, formatSize, prefix } from "../slab/bytes.ts";
import { checkOptions } from "../options/check-options.ts";
import { checkWriter } from "../options/check-writer.ts";
import { POSITIVE_COUNT, POSITIVE_NUMBER, required, type Schema } from "../options/rules.ts";
import { PassThrough } from "../engine/pass-through.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import { Timer } from "../task/timer.ts";
import type { Waker } from "../trait/waker.ts";
import { Writer } from "../writer/writer.ts";

/** The rate of {@link throttle}, and how much may go at once. */
export interface ThrottleOptions {
  /** The rate over time. */
  bytesPerSecond: number;
  /** How many bytes may go at once after a pause. Default: what goes in a tenth of a second. */
  burst?: number | undefined;
}

const OPTIONS: Schema<ThrottleOptions> = {
  bytesPerSecond: required(POSITIVE_NUMBER),
  burst: POSITIVE_COUNT,
};

/**
 * Holds writes to a rate, by a token bucket: the bucket fills at `bytesPerSecond` up to `burst`, and
 * a write takes what is in it. With an empty bucket, writes are PENDING. Flush and close are not
 * held back.
 *
 * ```ts
 * import { memory, throttle } from "@aw/core";
 *
 * const out = throttle(memory(), { bytesPerSecond: 1_000_000 });
 * await out.writeAll("at once: a tenth of a second's worth is");
 * await out.close();
 * ```
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` unless bytesPerSecond is a positive number and
 * burst a positive count of bytes
 */
export function throttle(inner: AsyncWrite, options: ThrottleOptions): Writer {
  checkWriter("throttle", inner);
  checkOptions("throttle", options, OPTIONS);
  const { bytesPerSecond, burst = Math.max(1, bytesPerSecond / 10) } = options;
  return new Writer(new ThrottleLayer(inner, bytesPerSecond, burst));
}

/** How long a write waits before it looks again, in milliseconds. */
const MAX_WAIT_MS = 250;

class ThrottleLayer extends PassThrough {
  readonly #bytesPerSecond: number;
  readonly #burst: number;
  #tokens: number;
  /** When the tokens were counted, in milliseconds. */
  #countedAt: number = performance.now();
  readonly #timer = new Timer();

  constructor(inner: AsyncWrite, bytesPerSecond: number, burst: number) {
    super(inner, `throttle(${formatSize(bytesPerSecond)}/s)`);
    this.#bytesPerSecond = bytesPerSecond;
    this.#burst = burst;
    this.#tokens = burst;
  }

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.state !== "open") this.latch.refuse();
    const allowed = this.#allowed(buf.length);
    if (allowed === 0 && buf.length > 0) return this.#wait(waker);
    const n = this.writeInner(waker, allowed === buf.length ? buf : buf.subarray(0, allowed));
    return this.#spend(n);
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    if (this.state !== "open") this.latch.refuse();
    const length = byteLength(bufs);
    const allowed = this.#allowed(length);
    if (allowed === 0 && length > 0) return this.#wait(waker);
    const n = this.writeInnerVectored(waker, allowed === length ? bufs : prefix(bufs, allowed));
    return this.#spend(n);
  }

  override pollClose(waker: Waker): Poll<void> {
    this.#timer.clear();
    return super.pollClose(waker);
  }

  protected override cleanUp(): void {
    this.#timer.clear();
  }

  /** How many of `length` bytes may go now. */
  #allowed(length: number): number {
    // Each time: what a pause has earned counts up to its end, and never again.
    this.#refill();
    return Math.min(length, Math.floor(this.#tokens));
  }

  #spend(n: Poll<number>): Poll<number> {
    if (n !== PENDING) this.#tokens -= n;
    return n;
  }

  #refill(): void {
    const now = performance.now();
    const earned = ((now - this.#countedAt) / 1000) * this.#bytesPerSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + earned);
    this.#countedAt = now;
  }

  /**
   * Wakes when there is a token, or a good part of a burst: waking for each byte would be slow. At the
   * latest after `MAX_WAIT_MS`, because nobody says that a write was cancelled, and the timer of one
   * keeps the process alive.
   */
  #wait(waker: Waker): Poll<number> {
    if (!this.#timer.isRunning) {
      const wanted = Math.max(1, this.#burst / 2) - this.#tokens;
      const ms = Math.ceil((wanted / this.#bytesPerSecond) * 1000);
      this.#timer.start(Math.min(ms, MAX_WAIT_MS), () => this.latch.wake());
    }
    return this.latch.register(waker);
  }
}
