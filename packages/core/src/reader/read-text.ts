import type { Operation } from "../trait/operation.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import { decodeText } from "./decode-text.ts";
import { pollAll } from "./read-all.ts";
import type { Window } from "./window.ts";

/** `text`: everything up to the end, decoded. */
export class ReadText implements Operation<string> {
  readonly bytesWritten: undefined;
  readonly cost = 1;
  readonly #window: Window;
  readonly #max: number;

  constructor(window: Window, max: number) {
    this.#window = window;
    this.#max = max;
  }

  poll(waker: Waker): Poll<string> {
    const view = pollAll(this.#window, waker, this.#max);
    if (view === PENDING) return PENDING;
    const text = decodeText(this.#window, "what is left", view);
    this.#window.consume(view.length);
    return text;
  }
}
