import { createHash } from "node:crypto";
import { LayerWriter, PENDING, type Poll, type Waker } from "@aw/core";

/** A layer of one's own: counts and hashes the bytes that the inner writer accepts. */
export class DigestWriter extends LayerWriter {
  protected readonly label = "sha256";
  readonly #hash = createHash("sha256");
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** The digest of all bytes so far, in hex. */
  hex(): string {
    return this.#hash.copy().digest("hex");
  }

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    const n = super.pollWrite(waker, buf);
    if (n !== PENDING) this.#note(buf, n);
    return n;
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    const n = super.pollVectoredWrite(waker, bufs);
    let left = n === PENDING ? 0 : n;
    for (const buf of bufs) {
      if (left === 0) break;
      const taken = Math.min(left, buf.length);
      this.#note(buf, taken);
      left -= taken;
    }
    return n;
  }

  #note(buf: Uint8Array, accepted: number): void {
    this.#bytes += accepted;
    this.#hash.update(accepted === buf.length ? buf : buf.subarray(0, accepted));
  }
}
