import { PENDING, type AsyncWrite, type Pending, type Poll, type Waker } from "@aw/core";
import { PassThrough } from "./pass-through.ts";

/** A writer that can be made to take nothing for a while. */
export interface Stallable extends AsyncWrite {
  /** From now on every poll of a non-empty write, a flush or a close is `PENDING`. */
  stall(): void;
  /** Ends that, and wakes the waker of the latest call. */
  release(): void;
  readonly isStalled: boolean;
}

/** Puts a switch in front of a writer: a peer that stops reading, and reads on. */
export function stallable(inner: AsyncWrite): Stallable {
  return new StallableWriter(inner);
}

class StallableWriter extends PassThrough implements Stallable {
  isStalled = false;
  #waker: Waker | undefined;

  stall(): void {
    this.isStalled = true;
  }

  release(): void {
    this.isStalled = false;
    this.#wake();
  }

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.isStalled && buf.length > 0) return this.#register(waker);
    return super.pollWrite(waker, buf);
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    if (this.isStalled && bufs.some((buf) => buf.length > 0)) return this.#register(waker);
    return super.pollVectoredWrite(waker, bufs);
  }

  override pollFlush(waker: Waker): Poll<void> {
    return this.isStalled ? this.#register(waker) : super.pollFlush(waker);
  }

  override pollClose(waker: Waker): Poll<void> {
    return this.isStalled ? this.#register(waker) : super.pollClose(waker);
  }

  override abort(reason?: unknown): void {
    super.abort(reason);
    this.isStalled = false;
    this.#wake();
  }

  #register(waker: Waker): Pending {
    this.#waker = waker;
    return PENDING;
  }

  #wake(): void {
    const waker = this.#waker;
    this.#waker = undefined;
    waker?.wake();
  }
}
