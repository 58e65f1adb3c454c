/** The wait before the next attempt, in milliseconds: the first time, and at most. */
const SHORTEST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5000;

/** Makes attempts again and again, after waits that double. */
export class Retry {
  readonly #attempt: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wait = SHORTEST_WAIT_MS;

  constructor(attempt: () => void) {
    this.#attempt = attempt;
  }

  /** Makes the next attempt later; replaces the one that was to come. */
  schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#attempt, this.#wait);
    // It keeps no process from ending: at its end there is one more attempt anyway.
    this.#timer.unref();
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** All is well: the next wait is a short one again. */
  reset(): void {
    this.stop();
    this.#wait = SHORTEST_WAIT_MS;
  }
}
