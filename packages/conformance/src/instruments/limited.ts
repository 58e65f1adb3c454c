import type { AsyncWrite, Poll, Waker } from "@aw/core";
import { PassThrough } from "./pass-through.ts";

/** How much one call takes. */
export interface Limits {
  /** The max bytes of one call. Default: no limit. */
  bytes?: number | undefined;
  /** The max buffers of one vectored call. Default: no limit. */
  buffers?: number | undefined;
}

/** Takes only so many bytes, and so many buffers, a call: it finds who forgets the rest. */
export function limited(inner: AsyncWrite, limits: Limits): AsyncWrite {
  return new Limited(inner, limits);
}

class Limited extends PassThrough {
  readonly #bytes: number;
  readonly #buffers: number;

  constructor(inner: AsyncWrite, { bytes = Infinity, buffers = Infinity }: Limits) {
    super(inner);
    this.#bytes = bytes;
    this.#buffers = buffers;
  }

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    return super.pollWrite(waker, buf.subarray(0, this.#bytes));
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    const taken: Uint8Array[] = [];
    let room = this.#bytes;
    for (const buf of bufs) {
      if (taken.length >= this.#buffers || room === 0) break;
      if (buf.length === 0) continue;
      const part = buf.subarray(0, room);
      taken.push(part);
      room -= part.length;
    }
    return super.pollVectoredWrite(waker, taken);
  }
}
