import { ownCopy } from "../slab/own-copy.ts";
import { costOf } from "../task/coop.ts";
import type { Operation } from "../trait/operation.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import { pollCount } from "./read-exactly.ts";
import type { Window } from "./window.ts";

/** `peek`: a copy of the next bytes, which are read again by what follows. */
export class Peek implements Operation<Uint8Array> {
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
    return view === PENDING ? PENDING : ownCopy(view.subarray(0, this.#count));
  }
}
