import { ownCopy } from "../slab/own-copy.ts";
import { costOf } from "../task/coop.ts";
import type { Operation } from "../trait/operation.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import { beyondLimit, endedEarly } from "./ended-early.ts";
import type { Window } from "./window.ts";

/** What a search for a delimiter works with. */
export interface Search {
  readonly delimiter: Uint8Array;
  /** The max bytes before the delimiter. */
  readonly max: number;
  /** What messages call the bytes before the delimiter: "a line". */
  readonly what: string;
}

/** Looks for a delimiter, and remembers how far it has looked when more has to come. */
export class DelimiterSearch {
  /** How many bytes come before the delimiter, once it is found. */
  length = 0;
  readonly #window: Window;
  readonly #search: Search;
  /** Before this offset no delimiter begins. */
  #from = 0;
  /** How often bytes had been given back when that was found out. */
  #foundAfter: number;

  constructor(window: Window, search: Search) {
    this.#window = window;
    this.#search = search;
    this.#foundAfter = window.givenBack;
  }

  /** Shows at least the bytes up to the delimiter, that included; nothing at the end. */
  poll(waker: Waker): Poll<Uint8Array> {
    const { delimiter, max, what } = this.#search;
    for (;;) {
      const view = this.#window.pollFillBuf(waker);
      if (view === PENDING || view.length === 0) return view;
      if (this.#window.givenBack !== this.#foundAfter) this.#from = 0;
      this.#foundAfter = this.#window.givenBack;
      this.length = indexOf(view, delimiter, this.#from);
      if (this.length > max) throw beyondLimit(this.#window, what, max);
      if (this.length !== -1) return view;
      // The end of what is there may be the start of a delimiter.
      this.#from = Math.max(0, view.length - delimiter.length + 1);
      if (this.#from > max) throw beyondLimit(this.#window, what, max);
      const more = this.#window.pollMore(waker, max + delimiter.length, delimiter.at(-1));
      if (more === PENDING) return more;
      if (!more) throw endedEarly(this.#window, `${what} had ended`, view.length);
    }
  }
}

/** `readUntil`: the bytes before a delimiter, which is read too; undefined at the end. */
export class ReadUntil implements Operation<Uint8Array | undefined> {
  readonly bytesWritten: undefined;
  cost = 1;
  readonly #window: Window;
  readonly #search: DelimiterSearch;
  readonly #delimiterLength: number;

  constructor(window: Window, search: Search) {
    this.#window = window;
    this.#search = new DelimiterSearch(window, search);
    this.#delimiterLength = search.delimiter.length;
  }

  poll(waker: Waker): Poll<Uint8Array | undefined> {
    const view = this.#search.poll(waker);
    if (view === PENDING) return PENDING;
    if (view.length === 0) return undefined;
    const { length } = this.#search;
    this.cost = costOf(length);
    const bytes = ownCopy(view.subarray(0, length));
    this.#window.consume(length + this.#delimiterLength);
    return bytes;
  }
}

/** The index of `wanted` in `bytes` at or after `from`; -1 if it is not there as a whole. */
function indexOf(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const first = wanted[0] as number;
  let at = bytes.indexOf(first, from);
  while (at !== -1 && !startsAt(bytes, wanted, at)) at = bytes.indexOf(first, at + 1);
  return at;
}

function startsAt(bytes: Uint8Array, wanted: Uint8Array, at: number): boolean {
  for (let index = 1; index < wanted.length; index++) {
    if (bytes[at + index] !== wanted[index]) return false;
  }
  return true;
}
