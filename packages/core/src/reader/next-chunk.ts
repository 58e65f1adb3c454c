import type { Operation } from "../trait/operation.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import type { Window } from "./window.ts";

/** `read` as an iterator tells it, which saves a promise for each chunk of a loop. One serves a whole loop. */
export class NextChunk implements Operation<IteratorResult<Uint8Array, undefined>> {
  readonly bytesWritten: undefined;
  readonly #window: Window;

  constructor(window: Window) {
    this.#window = window;
  }

  get cost(): number {
    return this.#window.cost;
  }

  poll(waker: Waker): Poll<IteratorResult<Uint8Array, undefined>> {
    const value = this.#window.poll(waker);
    if (value === PENDING) return PENDING;
    return value === undefined ? { done: true, value } : { done: false, value };
  }
}
