import { PENDING, type AsyncWrite, type Poll, type Waker } from "@aw/core";
import { PassThrough } from "./pass-through.ts";

/** A writer that knows how it was ended. */
export interface ClosedTracker extends AsyncWrite {
  /** How often a close was begun: 1 for one that was polled until it was ready. */
  readonly closesBegun: number;
  readonly isClosed: boolean;
  /** The reasons of all calls of `abort`. */
  readonly aborts: readonly unknown[];
  /** Non-empty writes after the first poll of close. */
  readonly writesAfterClose: number;
}

/** Counts closes and aborts, and passes everything on. */
export function trackClosed(inner: AsyncWrite): ClosedTracker {
  return new TrackClosed(inner);
}

class TrackClosed extends PassThrough implements ClosedTracker {
  closesBegun = 0;
  isClosed = false;
  writesAfterClose = 0;
  readonly aborts: unknown[] = [];
  #closing = false;

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.closesBegun > 0 && buf.length > 0) this.writesAfterClose++;
    return super.pollWrite(waker, buf);
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    if (this.closesBegun > 0 && bufs.some((buf) => buf.length > 0)) this.writesAfterClose++;
    return super.pollVectoredWrite(waker, bufs);
  }

  override pollClose(waker: Waker): Poll<void> {
    if (!this.#closing) this.closesBegun++;
    const answer = super.pollClose(waker);
    this.#closing = answer === PENDING;
    if (answer !== PENDING) this.isClosed = true;
    return answer;
  }

  override abort(reason?: unknown): void {
    this.aborts.push(reason);
    super.abort(reason);
  }
}
