import { createHash } from "node:crypto";
import { PassThrough, PENDING, Writer, type AsyncWrite, type Poll, type Waker } from "@aw/core";

/** Counts and hashes what the inner writer accepts: what it says is true of the bytes below it. */
export function hashing(inner: AsyncWrite): HashingWriter {
  return new HashingWriter(new HashingLayer(inner, "sha256"));
}

export class HashingWriter extends Writer {
  readonly #layer: HashingLayer;

  constructor(layer: HashingLayer) {
    super(layer);
    this.#layer = layer;
  }

  /** How many bytes, and their SHA-256 in hexadecimal digits, so far. */
  get digest(): { bytes: number; sha256: string } {
    const { bytes, hash } = this.#layer;
    return { bytes, sha256: hash.copy().digest("hex") };
  }
}

class HashingLayer extends PassThrough {
  readonly hash = createHash("sha256");
  bytes = 0;

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    return this.#update([buf], super.pollWrite(waker, buf));
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    return this.#update(bufs, super.pollVectoredWrite(waker, bufs));
  }

  #update(bufs: readonly Uint8Array[], accepted: Poll<number>): Poll<number> {
    if (accepted === PENDING) return accepted;
    this.bytes += accepted;
    let rest = accepted;
    for (const buf of bufs) {
      if (rest === 0) break;
      this.hash.update(rest < buf.length ? buf.subarray(0, rest) : buf);
      rest -= Math.min(rest, buf.length);
    }
    return accepted;
  }
}
