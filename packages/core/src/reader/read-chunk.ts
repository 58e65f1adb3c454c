import { costOf } from "../task/coop.ts";
import type { Operation } from "../trait/operation.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import type { Window } from "./window.ts";

/** `read`: the next chunk, or undefined at the end. It has no state: one serves all calls of a reader. */
export class ReadChunk implements Operation<Uint8Array | undefined> {
  readonly bytesWritten: undefined;
  cost = 1;
  readonly #window: Window;

  constructor(window: Window) {
    this.#window = window;
  }

  poll(waker: Waker): Poll<Uint8Array | undefined> {
    const chunk = this.#window.pollTake(waker);
    if (chunk === PENDING) return PENDING;
    this.cost = costOf(chunk.length);
    return chunk.length === 0 ? undefined : chunk;
  }
}

/** The same as an iterator tells it, which saves a promise for each chunk of a loop. */
export class NextChunk implements Operation<IteratorResult<Uint8Array, undefined>> {
  readonly bytesWritten: undefined;
  readonly #read: ReadChunk;

  constructor(read: ReadChunk) {
    this.#read = read;
  }

  get cost(): number {
    return this.#read.cost;
  }

  poll(waker: Waker): Poll<IteratorResult<Uint8Array, undefined>> {
    const value = this.#read.poll(waker);
    if (value === PENDING) return PENDING;
    return value === undefined ? { done: true, value } : { done: false, value };
  }
}
