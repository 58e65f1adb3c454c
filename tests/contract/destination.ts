import { PassThrough, PENDING, sink, type Poll, type Waker } from "@aw/core";

/** A destination that can stall, break, take little at a time, and be PENDING every second call. */
export class Destination extends PassThrough {
  readonly #maxBytes: number;
  readonly #everySecond: boolean;
  #pendingNext = false;
  #stalled = false;
  readonly #chunks: Buffer[] = [];
  closes = 0;
  flushes = 0;

  constructor({ maxBytes = Number.POSITIVE_INFINITY, pending = false } = {}) {
    super(sink());
    this.#maxBytes = maxBytes;
    this.#everySecond = pending;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  stall(): void {
    this.#stalled = true;
  }

  release(): void {
    this.#stalled = false;
    this.latch.wake();
  }

  break(error: Error): void {
    this.latch.fail(error);
  }

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.latch.state !== "open") this.latch.refuse();
    if (this.#mustWait(waker)) return PENDING;
    const taken = Buffer.from(buf.subarray(0, this.#maxBytes));
    this.#chunks.push(taken);
    return taken.length;
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    return this.pollWrite(waker, bufs.find((buf) => buf.length > 0) ?? new Uint8Array(0));
  }

  override get isVectored(): boolean {
    return false;
  }

  override pollFlush(waker: Waker): Poll<void> {
    this.latch.check();
    if (this.#mustWait(waker)) return PENDING;
    this.flushes++;
  }

  override pollClose(waker: Waker): Poll<void> {
    this.latch.check();
    this.latch.beginClose();
    if (this.#mustWait(waker)) return PENDING;
    this.closes++;
    this.latch.endClose();
  }

  #mustWait(waker: Waker): boolean {
    if (this.#stalled) {
      this.latch.register(waker);
      return true;
    }
    this.#pendingNext = this.#everySecond && !this.#pendingNext;
    if (this.#pendingNext) waker.wake();
    return this.#pendingNext;
  }
}
