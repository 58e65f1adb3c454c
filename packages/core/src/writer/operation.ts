import type { AsyncWrite } from "../trait/async-write.ts";
import { checkAccepted, writeZero } from "../trait/accepted.ts";
import { byteLength } from "../slab/bytes.ts";
import { costOf, mustYield } from "../task/coop.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import type { WriterState } from "./lifecycle.ts";

/** One call of the promise API that had to wait: polled until it is ready or throws. */
export interface Operation<T> {
  /** Bytes accepted so far; undefined for operations that write none. */
  readonly bytesWritten: number | undefined;
  poll(waker: Waker): Poll<T>;
}

/** A writer that says whether it still takes bytes. */
type Target = AsyncWrite & { readonly state: WriterState };

export class WriteAllOperation implements Operation<void> {
  bytesWritten: number;
  readonly #target: Target;
  readonly #data: Uint8Array;

  /** @param bytesWritten how many bytes of `data` the target has accepted already */
  constructor(target: Target, data: Uint8Array, bytesWritten: number) {
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

export class WriteAllVectoredOperation implements Operation<void> {
  bytesWritten = 0;
  readonly #target: AsyncWrite;
  readonly #rest: Uint8Array[];
  #remaining: number;

  constructor(target: AsyncWrite, bufs: readonly Uint8Array[]) {
    this.#target = target;
    this.#rest = bufs.filter((buf) => buf.length > 0);
    this.#remaining = byteLength(bufs);
  }

  poll(waker: Waker): Poll<void> {
    while (this.#remaining > 0) {
      const n = this.#target.pollVectoredWrite(waker, this.#rest);
      if (n === PENDING) return PENDING;
      if (n === 0) throw writeZero(this.#target);
      this.#advance(checkAccepted(n, this.#remaining, this.#target));
      if (this.#remaining > 0 && mustYield(costOf(n), waker)) return PENDING;
    }
  }

  #advance(accepted: number): void {
    this.bytesWritten += accepted;
    this.#remaining -= accepted;
    let whole = 0;
    for (const buf of this.#rest) {
      if (accepted < buf.length) break;
      accepted -= buf.length;
      whole++;
    }
    this.#rest.splice(0, whole);
    const first = this.#rest[0];
    if (first !== undefined && accepted > 0) this.#rest[0] = first.subarray(accepted);
  }
}
