import { byteLength } from "../slab/bytes.ts";
import { costOf, mustYield } from "../task/coop.ts";
import { checkAccepted, writeZero } from "../trait/accepted.ts";
import type { AsyncWrite } from "../trait/async-write.ts";
import type { Operation } from "../trait/operation.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";

/** `writeAllVectored`. */
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
