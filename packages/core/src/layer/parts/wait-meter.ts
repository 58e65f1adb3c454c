import { PENDING, type Poll } from "../../trait/poll.ts";

/** Counts polls that were PENDING, and the time until an answer that was not. */
export class WaitMeter {
  pendings = 0;
  #waited = 0;
  #pendingSince: number | undefined;

  /** Whether the latest poll was PENDING. */
  get isPending(): boolean {
    return this.#pendingSince !== undefined;
  }

  /** In milliseconds, the current wait included. */
  get pendingTime(): number {
    const current = this.#pendingSince === undefined ? 0 : performance.now() - this.#pendingSince;
    return this.#waited + current;
  }

  answered<T>(answer: Poll<T>): Poll<T> {
    if (answer === PENDING) {
      this.pendings++;
      this.#pendingSince ??= performance.now();
    } else if (this.#pendingSince !== undefined) {
      this.end();
    }
    return answer;
  }

  /** Nobody waits any more. */
  end(): void {
    this.#waited = this.pendingTime;
    this.#pendingSince = undefined;
  }
}
