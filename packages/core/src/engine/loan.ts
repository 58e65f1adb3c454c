import type { Operation } from "../trait/operation.ts";
import type { Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";

/**
 * A buffer that leaves without a copy, in pieces. Its caller lends it for as long as the promise of
 * a `writeAll` is pending, and has it back when that settles (AW-WRITE-3).
 */
export class Loan implements Operation<void> {
  readonly #data: Uint8Array;
  readonly #poll: (waker: Waker, loan: Loan) => Poll<void>;
  #returned = 0;
  #inFlight = 0;

  /** @param poll makes progress with the loan; whoever borrowed knows how */
  constructor(data: Uint8Array, poll: (waker: Waker, loan: Loan) => Poll<void>) {
    this.#data = data;
    this.#poll = poll;
  }

  /** The bytes that have left. */
  get bytesWritten(): number {
    return this.#returned;
  }

  /** The bytes that were not taken yet. */
  get untaken(): number {
    return this.#data.length - this.#returned - this.#inFlight;
  }

  get isOver(): boolean {
    return this.#returned === this.#data.length;
  }

  /** The next piece, of at most `max` bytes. */
  take(max: number): Uint8Array {
    const data = this.#data;
    const start = this.#returned;
    this.#inFlight = Math.min(max, data.length - start);
    return this.#inFlight === data.length ? data : data.subarray(start, start + this.#inFlight);
  }

  /** The piece that was taken has left, and nobody reads it any more. */
  giveBack(): void {
    this.#returned += this.#inFlight;
    this.#inFlight = 0;
  }

  poll(waker: Waker): Poll<void> {
    return this.#poll(waker, this);
  }
}
