import type { AsyncWrite, FailureListener, Poll, Waker } from "@aw/core";

/** What the instruments in front of a writer share: everything is passed on as it is. */
export class PassThrough implements AsyncWrite {
  protected readonly inner: AsyncWrite;

  constructor(inner: AsyncWrite) {
    this.inner = inner;
  }

  get isVectored(): boolean {
    return this.inner.isVectored ?? false;
  }

  pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    return this.inner.pollWrite(waker, buf);
  }

  pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    return this.inner.pollVectoredWrite(waker, bufs);
  }

  pollFlush(waker: Waker): Poll<void> {
    return this.inner.pollFlush(waker);
  }

  pollClose(waker: Waker): Poll<void> {
    return this.inner.pollClose(waker);
  }

  abort(reason?: unknown): void {
    this.inner.abort?.(reason);
  }

  onFailure(listener: FailureListener): () => void {
    return this.inner.onFailure?.(listener) ?? (() => {});
  }
}
