import { NO_BYTES } from "../engine/chunk-queue.ts";
import { endedEarly } from "../reader/ended-early.ts";
import type { Window } from "../reader/window.ts";
import { sharedCopies } from "../slab/own-copy.ts";
import { SmallCopies } from "../slab/small-copies.ts";
import { costOf, mustYield } from "../task/coop.ts";
import { describe } from "../trait/describe.ts";
import { AsyncWriteError } from "../trait/error.ts";
import type { Operation } from "../trait/operation.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import type { Decoder, Incoming } from "./decoder.ts";

/**
 * The next message, as an iterator tells it. What the decoder does not use stays in the reader: one that
 * can't be completed, or that nobody asks for, is read by what follows.
 */
export class ReadMessage<Message>
  implements Operation<IteratorResult<Message, undefined>>, Incoming
{
  readonly bytesWritten: undefined;
  cost = 1;
  bytes: Uint8Array = NO_BYTES;
  seen = 0;
  readonly #window: Window;
  readonly #decoder: Decoder<Message>;
  readonly #small = sharedCopies() ?? new SmallCopies();
  /** How often bytes had been given back when the decoder saw what it saw. */
  #seenAfter = 0;
  /** How many bytes the decoder has used in one call. */
  #used = 0;
  #wanted = Number.POSITIVE_INFINITY;
  #upTo: number | undefined;

  constructor(window: Window, decoder: Decoder<Message>) {
    this.#window = window;
    this.#decoder = decoder;
  }

  poll(waker: Waker): Poll<IteratorResult<Message, undefined>> {
    for (;;) {
      const view = this.#window.pollOwn(waker);
      if (view === PENDING) return PENDING;
      if (view.length === 0) return this.#end();
      if (this.#isNew(view)) {
        const value = this.#decode(view);
        if (value !== PENDING) return this.#found(value);
      }
      const more = this.#pollMore(waker, view.length);
      if (more === PENDING) return PENDING;
      if (!more) throw endedEarly(this.#window, "the message was whole", view.length);
    }
  }

  consume(end: number): void {
    this.#window.consume(end);
    this.#used += end;
  }

  take(end: number, start = 0): Uint8Array {
    this.#used += end;
    if (!SmallCopies.suits(end - start)) return this.#window.take(this.bytes, end, start);
    const bytes = this.#small.copyOf(this.bytes.subarray(start, end));
    this.#window.consume(end);
    return bytes;
  }

  want(length: number, upTo?: number): void {
    this.#wanted = length;
    this.#upTo = upTo;
  }

  toString(): string {
    return String(this.#window);
  }

  /** Whether the decoder has not seen all of it. */
  #isNew(view: Uint8Array): boolean {
    const { givenBack } = this.#window;
    if (givenBack !== this.#seenAfter) this.seen = 0;
    this.#seenAfter = givenBack;
    return this.seen < view.length;
  }

  #decode(view: Uint8Array): Poll<Message> {
    this.bytes = view;
    this.#used = 0;
    this.#wanted = Number.POSITIVE_INFINITY;
    this.#upTo = undefined;
    let value: Poll<Message> | undefined;
    try {
      value = this.#decoder.decode(this);
      return value;
    } finally {
      this.bytes = NO_BYTES;
      this.seen = value === PENDING && this.#used === 0 ? view.length : 0;
    }
  }

  #found(value: Message): IteratorResult<Message, undefined> {
    // It would come again and again.
    if (this.#used === 0) throw usedNothing(this);
    this.cost = costOf(this.#used);
    return { done: false, value };
  }

  /** Gets more for the decoder, behind what it has seen. Returns false at the end. */
  #pollMore(waker: Waker, length: number): Poll<boolean> {
    // It uses bytes as they come: what it left is new to it. That makes a loop, too (AW-FAIR-1).
    if (this.#used > 0) return mustYield(costOf(this.#used), waker) ? PENDING : true;
    const wanted = this.#wanted > length ? this.#wanted : Number.POSITIVE_INFINITY;
    return this.#window.pollMore(waker, wanted, this.#upTo);
  }

  #end(): IteratorResult<Message, undefined> {
    this.#decoder.end?.();
    this.cost = 1;
    return { done: true, value: undefined };
  }
}

function usedNothing(reader: object): AsyncWriteError {
  const message = `${describe(reader)}: the decoder returned a message and used no byte; consume what it used`;
  return new AsyncWriteError("ERR_AW_PROTOCOL", message);
}
