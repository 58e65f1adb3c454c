import { Timer } from "../../task/timer.ts";

/** How long somebody waits for a token before it is looked again, in milliseconds. */
const MAX_WAIT_MS = 250;

/** What is earned in this time, in seconds, or half of a burst, is worth an operation of its own. */
const WORTHWHILE_SECONDS = 0.05;

/** A bucket that fills at a rate up to `burst`; each byte takes a token. */
export class TokenBucket {
  readonly #bytesPerSecond: number;
  readonly #burst: number;
  /** So many bytes go at once, if there are so many. */
  readonly #worthwhile: number;
  #tokens: number;
  /** When the tokens were counted, in milliseconds. */
  #countedAt: number = performance.now();
  readonly #timer = new Timer();

  constructor(bytesPerSecond: number, burst: number) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#burst = burst;
    const portion = Math.min(burst / 2, bytesPerSecond * WORTHWHILE_SECONDS);
    this.#worthwhile = Math.max(1, Math.floor(portion));
    this.#tokens = burst;
  }

  /**
   * How many of `length` bytes may go now: none of them until all may, or so many that it is worth it. The clock earns
   * some for each poll, and a loop that took those would never wait, so that nobody else had a turn.
   */
  allowed(length: number): number {
    // Each time: what a pause has earned counts up to its end, and never again.
    this.#refill();
    return this.#tokens < this.#wanted(length) ? 0 : Math.min(length, Math.floor(this.#tokens));
  }

  spend(count: number): void {
    this.#tokens -= count;
  }

  /**
   * Calls `wake` when some of `length` bytes may go. At the latest after `MAX_WAIT_MS`, because nobody says that an
   * operation was cancelled, and the timer of one keeps the process alive.
   */
  wait(length: number, wake: () => void): void {
    if (this.#timer.isRunning) return;
    const wanted = this.#wanted(length) - this.#tokens;
    const ms = Math.ceil((wanted / this.#bytesPerSecond) * 1000);
    this.#timer.start(Math.min(ms, MAX_WAIT_MS), wake);
  }

  /** Nobody waits any more. */
  clear(): void {
    this.#timer.clear();
  }

  #wanted(length: number): number {
    return Math.min(length, this.#worthwhile);
  }

  #refill(): void {
    const now = performance.now();
    const earned = ((now - this.#countedAt) / 1000) * this.#bytesPerSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + earned);
    this.#countedAt = now;
  }
}
