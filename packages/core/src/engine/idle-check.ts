import { nextTurn } from "../task/platform.ts";

/** Finds out whether a source that has nothing now has nothing for a whole turn of the event loop. */
export class IdleCheck {
  readonly #onIdle: () => void;
  #isWaiting = false;
  #isStirred = false;

  constructor(onIdle: () => void) {
    this.#onIdle = onIdle;
  }

  /** The source has nothing. */
  start(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#isStirred = false;
    nextTurn(() => {
      this.#isWaiting = false;
      if (this.#isStirred) this.start();
      else this.#onIdle();
    });
  }

  /** Something has come: a turn without anything has to follow. */
  stir(): void {
    this.#isStirred = true;
  }
}
