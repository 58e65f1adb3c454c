import { PENDING, Writer, type Poll, type Waker } from "@aw/core";

/** A destination that can stall, break, take little at a time, and be PENDING every second call. */
export class Destination extends Writer {
  readonly #maxBytes: number;
  readonly #everySecond: boolean;
  #pendingNext = false;
  #stalled = false;
  readonly #chunks: Buffer[] = [];
  closes = 0;
  flushes = 0;

  constructor({ maxBytes = Number.POSITIVE_INFINITY, pending = false } = {}) {
    super();
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
    this.unpark();
  }

  break(error: Error): void {
    this.fail(error);
  }

  pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.state !== "open") this.refuse();
    if (this.#mustWait(waker)) return PENDING;
    const taken = Buffer.from(buf.subarray(0, this.#maxBytes));
    this.#chunks.push(taken);
    return taken.length;
  }

  pollFlush(waker: Waker): Poll<void> {
    this.check();
    if (this.#mustWait(waker)) return PENDING;
    this.flushes++;
  }

  pollClose(waker: Waker): Poll<void> {
    this.check();
    this.beginClose();
    if (this.#mustWait(waker)) return PENDING;
    this.closes++;
    this.endClose();
  }

  #mustWait(waker: Waker): boolean {
    if (this.#stalled) {
      this.park(waker);
      return true;
    }
    this.#pendingNext = this.#everySecond && !this.#pendingNext;
    if (this.#pendingNext) waker.wake();
    return this.#pendingNext;
  }
}
