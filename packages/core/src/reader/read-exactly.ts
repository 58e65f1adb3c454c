import { costOf } from "../task/coop.ts";
import type { Operation } from "../trait/operation.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import { endedEarly } from "./ended-early.ts";
import type { Window } from "./window.ts";

/**
 * Polls until `count` bytes are there, and shows at least those; fewer at the end. Nothing is consumed.
 */
export function pollCount(window: Window, waker: Waker, count: number): Poll<Uint8Array> {
  for (;;) {
    const view = window.pollFillBuf(waker);
    if (view === PENDING || view.length === 0 || view.length >= count) return view;
    const more = window.pollMore(waker, count);
    if (more === PENDING) return more;
    if (!more) return window.pollFillBuf(waker);
  }
}

/** `readExactly`: so many bytes, not one less. */
export class ReadExactly implements Operation<Uint8Array> {
  readonly bytesWritten: undefined;
  readonly cost: number;
  readonly #window: Window;
  readonly #count: number;

  constructor(window: Window, count: number) {
    this.#window = window;
    this.#count = count;
    this.cost = costOf(count);
  }

  poll(waker: Waker): Poll<Uint8Array> {
    const view = pollCount(this.#window, waker, this.#count);
    if (view === PENDING) return PENDING;
    if (view.length < this.#count) {
      throw endedEarly(this.#window, `${this.#count} bytes were there`, view.length);
    }
    return this.#window.take(view, this.#count);
  }
}
