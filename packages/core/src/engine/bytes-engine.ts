import type { AsyncBufRead } from "../trait/async-buf-read.ts";
import { checkConsumed } from "../trait/consumed.ts";
import type { Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import { NO_BYTES } from "./chunk-queue.ts";
import { Latch } from "./latch.ts";

/** An `AsyncBufRead` over bytes in memory, which are the caller's and stay as they are. It never waits. */
export class BytesEngine implements AsyncBufRead {
  #rest: Uint8Array;
  readonly #latch: Latch = new Latch(this, () => {
    this.#rest = NO_BYTES;
  });

  constructor(bytes: Uint8Array) {
    this.#rest = bytes;
  }

  pollFillBuf(_waker: Waker): Poll<Uint8Array> {
    this.#latch.check();
    if (this.#rest.length === 0) this.#latch.endClose();
    return this.#rest;
  }

  consume(amount: number): void {
    checkConsumed(amount, this.#rest.length, this);
    this.#rest = amount === this.#rest.length ? NO_BYTES : this.#rest.subarray(amount);
  }

  abort(reason?: unknown): void {
    this.#latch.abort(reason);
  }

  toString(): string {
    return "bytes";
  }
}
