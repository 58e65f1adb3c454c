import { createHash } from "node:crypto";
import { PassThrough, PENDING, type Poll, type Waker } from "@aw/core";

/** Passes bytes on, and knows the SHA-256 of all that were accepted. */
export class Hashed extends PassThrough {
  readonly hash = createHash("sha256");

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    return this.#update([buf], super.pollWrite(waker, buf));
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    return this.#update(bufs, super.pollVectoredWrite(waker, bufs));
  }

  #update(bufs: readonly Uint8Array[], accepted: Poll<number>): Poll<number> {
    let rest = accepted === PENDING ? 0 : accepted;
    for (const buf of bufs) {
      this.hash.update(buf.subarray(0, rest));
      rest -= Math.min(rest, buf.length);
    }
    return accepted;
  }
}
