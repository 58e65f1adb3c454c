import type { Operation } from "../writer/operation.ts";
import type { Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";

/**
 * A buffer that leaves uncopied, in pieces. Its caller lends it for as long as the promise of a
 * `writeAll` pends, and has it back when that settles (AW-WRITE-3).
 */
export class Loan implements Operation<void> {
  readonly #data: Uint8Array;
  readonly #poll: (waker: Waker, loan: Loan) => Poll<void>;
  #returned = 0;
  #leaving = 0;

  /** @param poll brings the loan on; whoever borrowed knows how */
  constructor(data: Uint8Array, poll: (waker: Waker, loan: Loan) => Poll<void>) {
    this.#data = data;
    this.#poll = poll;
  }

  /** The bytes that have left. */
  get bytesWritten(): number {
    return this.#returned;
  }

  get isOver(): boolean {
    return this.#returned === this.#data.length;
  }

  /** The next piece, of at most `most` bytes. */
  take(most: number): Uint8Array {
    const data = this.#data;
    const start = this.#returned;
    this.#leaving = Math.min(most, data.length - start);
    return this.#leaving === data.length ? data : data.subarray(start, start + this.#leaving);
  }

  /** The piece that was taken has left, and nobody reads it any more. */
  giveBack(): void {
    this.#returned += this.#leaving;
  }

  poll(waker: Waker): Poll<void> {
    return this.#poll(waker, this);
  }
}
