import { NO_BYTES } from "../engine/chunk-queue.ts";
import type { Operation } from "../trait/operation.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import { beyondLimit } from "./ended-early.ts";
import type { Window } from "./window.ts";

/** Polls until the end is there, and shows all that comes before it. Nothing is consumed. */
export function pollAll(window: Window, waker: Waker, max: number): Poll<Uint8Array> {
  for (;;) {
    const view = window.pollFillBuf(waker);
    if (view === PENDING || view.length === 0) return view;
    if (view.length > max) throw beyondLimit(window, "what is left", max);
    const more = window.pollMore(waker, max + 1);
    if (more === PENDING) return more;
    if (!more) return window.pollFillBuf(waker);
  }
}

/** `readAll`: everything up to the end. */
export class ReadAll implements Operation<Uint8Array> {
  readonly bytesWritten: undefined;
  readonly cost = 1;
  readonly #window: Window;
  readonly #max: number;

  constructor(window: Window, max: number) {
    this.#window = window;
    this.#max = max;
  }

  poll(waker: Waker): Poll<Uint8Array> {
    const view = pollAll(this.#window, waker, this.#max);
    if (view === PENDING) return PENDING;
    return view.length === 0 ? NO_BYTES : this.#window.take(view, view.length);
  }
}
