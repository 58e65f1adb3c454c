import { costOf, mustYield } from "../task/coop.ts";
import type { Operation } from "../trait/operation.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import { endedEarly } from "./ended-early.ts";
import type { Window } from "./window.ts";

/** `skip`: drops so many bytes as they come, and holds none of them. */
export class Skip implements Operation<void> {
  readonly bytesWritten: undefined;
  readonly cost = 1;
  readonly #window: Window;
  #left: number;

  constructor(window: Window, count: number) {
    this.#window = window;
    this.#left = count;
  }

  poll(waker: Waker): Poll<void> {
    while (this.#left > 0) {
      const view = this.#window.pollFillBuf(waker);
      if (view === PENDING) return PENDING;
      if (view.length === 0) throw endedEarly(this.#window, `${this.#left} more to skip`, 0);
      const count = Math.min(view.length, this.#left);
      this.#window.consume(count);
      this.#left -= count;
      if (this.#left > 0 && mustYield(costOf(count), waker)) return PENDING;
    }
  }
}
