import { Reader, ReadThrough, type AsyncBufRead } from "@aw/core";

/** A reader whose abort goes no further: what is left can still be read from `inner`. As `keepOpen` is for writers. */
export function borrowed(inner: AsyncBufRead): Reader {
  return new Reader(new Borrowed(inner, "borrowed"));
}

class Borrowed extends ReadThrough {
  override abort(reason?: unknown): void {
    this.latch.abort(reason);
  }
}
