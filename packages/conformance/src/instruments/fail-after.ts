import type { AsyncWrite, Poll, Waker } from "@aw/core";
import { PassThrough } from "./pass-through.ts";

/**
 * Fails with `error` once `bytes` bytes have been accepted: what has room left is taken, what
 * comes after throws, whatever the method. The writer below stays as it is.
 */
export function failAfter(inner: AsyncWrite, bytes: number, error: unknown): AsyncWrite {
  return new FailAfter(inner, bytes, error);
}

class FailAfter extends PassThrough {
  #left: number;
  readonly #error: unknown;

  constructor(inner: AsyncWrite, bytes: number, error: unknown) {
    super(inner);
    this.#left = bytes;
    this.#error = error;
  }

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    this.#check();
    const n = super.pollWrite(waker, buf.subarray(0, this.#left));
    if (typeof n === "number") this.#left -= n;
    return n;
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    return this.pollWrite(waker, bufs.find((buf) => buf.length > 0) ?? new Uint8Array(0));
  }

  override pollFlush(waker: Waker): Poll<void> {
    this.#check();
    return super.pollFlush(waker);
  }

  override pollClose(waker: Waker): Poll<void> {
    this.#check();
    return super.pollClose(waker);
  }

  #check(): void {
    if (this.#left === 0) throw this.#error;
  }
}
