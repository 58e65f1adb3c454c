import { costOf, mustYield } from "../task/coop.ts";
import { checkAccepted, writeZero } from "../trait/accepted.ts";
import type { Engine } from "../trait/engine.ts";
import type { Operation } from "../trait/operation.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";

/** `writeAll` of bytes that were not all accepted at once. */
export class WriteAllOperation implements Operation<void> {
  bytesWritten: number;
  readonly #target: Engine;
  readonly #data: Uint8Array;

  /** @param bytesWritten how many bytes of `data` the target has accepted already */
  constructor(target: Engine, data: Uint8Array, bytesWritten: number) {
    this.#target = target;
    this.#data = data;
    this.bytesWritten = bytesWritten;
  }

  poll(waker: Waker): Poll<void> {
    const data = this.#data;
    // An empty write needs no poll, unless for the error of a writer that takes nothing any more.
    if (data.length === 0 && this.#target.state !== "open") this.#target.pollWrite(waker, data);
    while (this.bytesWritten < data.length) {
      const rest = this.bytesWritten === 0 ? data : data.subarray(this.bytesWritten);
      const n = this.#target.pollWrite(waker, rest);
      if (n === PENDING) return PENDING;
      if (n === 0) throw writeZero(this.#target);
      this.bytesWritten += checkAccepted(n, rest.length, this.#target);
      // A large write into a writer that is always ready is a loop too (AW-FAIR-1).
      if (n < rest.length && mustYield(costOf(n), waker)) return PENDING;
    }
  }
}
