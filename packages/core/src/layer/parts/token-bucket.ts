import { Timer } from "../../task/timer.ts";

/** How long somebody waits for a token before it is looked again, in milliseconds. */
const MAX_WAIT_MS = 250;

/** A bucket that fills at a rate up to `burst`; each byte takes a token. */
export class TokenBucket {
  readonly #bytesPerSecond: number;
  readonly #burst: number;
  #tokens: number;
  /** When the tokens were counted, in milliseconds. */
  #countedAt: number = performance.now();
  readonly #timer = new Timer();

  constructor(bytesPerSecond: number, burst: number) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#burst = burst;
    this.#tokens = burst;
  }

  /** How many of `length` bytes may go now. */
  allowed(length: number): number {
    // Each time: what a pause has earned counts up to its end, and never again.
    this.#refill();
    return Math.min(length, Math.floor(this.#tokens));
  }

  spend(count: number): void {
    this.#tokens -= count;
  }

  /**
   * Calls `wake` when there is a token, or a good part of a burst: waking for each byte would be slow. At the
   * latest after `MAX_WAIT_MS`, because nobody says that an operation was cancelled, and the timer of one
   * keeps the process alive.
   */
  wait(wake: () => void): void {
    if (this.#timer.isRunning) return;
    const wanted = Math.max(1, this.#burst / 2) - this.#tokens;
    const ms = Math.ceil((wanted / this.#bytesPerSecond) * 1000);
    this.#timer.start(Math.min(ms, MAX_WAIT_MS), wake);
  }

  /** Nobody waits any more. */
  clear(): void {
    this.#timer.clear();
  }

  #refill(): void {
    const now = performance.now();
    const earned = ((now - this.#countedAt) / 1000) * this.#bytesPerSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + earned);
    this.#countedAt = now;
  }
}
