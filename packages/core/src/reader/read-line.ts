import { costOf } from "../task/coop.ts";
import type { Operation } from "../trait/operation.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import { decodeText } from "./decode-text.ts";
import { DelimiterSearch } from "./read-until.ts";
import type { Window } from "./window.ts";

const NEWLINE = Uint8Array.of(10);
const CARRIAGE_RETURN = 13;

/** `readLine`: one line of UTF-8, without its end; undefined at the end. */
export class ReadLine implements Operation<string | undefined> {
  readonly bytesWritten: undefined;
  cost = 1;
  readonly #window: Window;
  readonly #search: DelimiterSearch;

  constructor(window: Window, maxLength: number) {
    this.#window = window;
    this.#search = new DelimiterSearch(window, {
      delimiter: NEWLINE,
      max: maxLength,
      what: "a line",
    });
  }

  poll(waker: Waker): Poll<string | undefined> {
    const view = this.#search.poll(waker);
    if (view === PENDING) return PENDING;
    if (view.length === 0) return undefined;
    const { length } = this.#search;
    this.cost = costOf(length);
    const end = view[length - 1] === CARRIAGE_RETURN ? length - 1 : length;
    // Decoded first: a line that is no text stays unread.
    const line = decodeText(this.#window, "a line", view.subarray(0, end));
    this.#window.consume(length + 1);
    return line;
  }
}
