import { costOf } from "../task/coop.ts";
import type { Operation } from "../trait/operation.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import type { Window } from "./window.ts";

/** `readInto`: copies what is there into memory of the caller's. */
export class ReadInto implements Operation<number> {
  readonly bytesWritten: undefined;
  cost = 1;
  readonly #window: Window;
  readonly #target: Uint8Array;

  constructor(window: Window, target: Uint8Array) {
    this.#window = window;
    this.#target = target;
  }

  poll(waker: Waker): Poll<number> {
    const view = this.#window.pollFillBuf(waker);
    if (view === PENDING) return PENDING;
    const count = Math.min(view.length, this.#target.length);
    this.#target.set(count === view.length ? view : view.subarray(0, count));
    this.#window.consume(count);
    this.cost = costOf(count);
    return count;
  }
}
