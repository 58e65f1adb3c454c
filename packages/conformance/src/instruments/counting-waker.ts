import type { Waker } from "@aw/core";

/** Counts its wakes, and can be waited for. */
export class CountingWaker implements Waker {
  /** How often it was woken. */
  wakes = 0;
  #resolve: (() => void) | undefined;
  #woken: Promise<void> | undefined;

  wake(): void {
    this.wakes++;
    this.#resolve?.();
  }

  /** Resolves at the first wake, at once if that has been. Never rejects. */
  woken(): Promise<void> {
    if (this.wakes > 0) return Promise.resolve();
    return (this.#woken ??= new Promise((resolve) => {
      this.#resolve = resolve;
    }));
  }
}
