import { PassThrough, PENDING, Writer, type AsyncWrite, type Poll, type Waker } from "@aw/core";

/** A SHA-256 that is fed piece by piece: Node's, or that of the page. */
export interface RunningHash {
  update(bytes: Uint8Array): void;
  /** Of what it was fed so far, in hexadecimal digits. */
  hex(): string;
}

/** Counts and hashes what the inner writer accepts: what it says is true of the bytes below it. */
export function hashing(inner: AsyncWrite, hash: RunningHash): HashingWriter {
  return new HashingWriter(new HashingLayer(inner, hash));
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
    return { bytes, sha256: hash.hex() };
  }
}

class HashingLayer extends PassThrough {
  readonly hash: RunningHash;
  bytes = 0;

  constructor(inner: AsyncWrite, hash: RunningHash) {
    super(inner, "sha256");
    this.hash = hash;
  }

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
