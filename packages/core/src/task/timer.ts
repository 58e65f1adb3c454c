/** The longest time that a timer of the platform waits, in milliseconds: beyond it, it fires at once. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1;

/** What `setTimeout` returns: an object on Node, a number elsewhere. */
type Handle = ReturnType<typeof setTimeout>;

/**
 * One timer that can be started again and cleared surely. Longer times than the platform's timers
 * take are waited for piece by piece; Infinity never fires.
 */
export class Timer {
  readonly #unref: boolean;
  #handle: Handle | undefined;

  /** @param options `unref`: whether the process may end while it runs. Default: false */
  constructor(options: { unref?: boolean } = {}) {
    this.#unref = options.unref ?? false;
  }

  get isRunning(): boolean {
    return this.#handle !== undefined;
  }

  /** Calls `callback` once after `ms` milliseconds, in place of what it was started for before. */
  start(ms: number, callback: () => void): void {
    this.clear();
    if (ms === Infinity) return;
    const piece = Math.min(ms, MAX_TIMER_MS);
    this.#handle = setTimeout(() => {
      this.#handle = undefined;
      if (ms > piece) this.start(ms - piece, callback);
      else callback();
    }, piece);
    if (this.#unref) (this.#handle as { unref?: () => void }).unref?.();
  }

  /** After this, nothing is called. */
  clear(): void {
    clearTimeout(this.#handle);
    this.#handle = undefined;
  }
}
