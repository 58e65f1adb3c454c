import type { AsyncWrite, Poll, Waker } from "@aw/core";
import { PassThrough } from "./pass-through.ts";

/** What a poisoned buffer is full of. */
export const POISON = 0xdb;

/**
 * Writes from a buffer of its own and overwrites that as soon as the call has returned, whatever
 * it returned: a writer that keeps the caller's buffer delivers poison. A writer that changes the
 * buffer is caught too, by a throw.
 */
export function poisoner(inner: AsyncWrite): AsyncWrite {
  return new Poisoner(inner);
}

class Poisoner extends PassThrough {
  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    const lent = buf.slice();
    return poisonAfter([lent], [buf], () => super.pollWrite(waker, lent));
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    const lent = bufs.map((buf) => buf.slice());
    return poisonAfter(lent, bufs, () => super.pollVectoredWrite(waker, lent));
  }
}

function poisonAfter<T>(lent: Uint8Array[], originals: readonly Uint8Array[], call: () => T): T {
  try {
    return call();
  } finally {
    const changed = lent.findIndex((buf, index) => !equal(buf, originals[index] as Uint8Array));
    for (const buf of lent) buf.fill(POISON);
    // The list itself is the caller's again too.
    lent.length = 0;
    // eslint-disable-next-line no-unsafe-finally
    if (changed !== -1) throw new BufferChangedError();
  }
}

/** The writer changed the bytes of a buffer that it was given to read. */
export class BufferChangedError extends Error {
  override readonly name = "BufferChangedError";

  constructor() {
    super("the writer changed the caller's buffer");
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
