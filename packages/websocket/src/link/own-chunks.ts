import { PENDING, type AsyncBufRead, type Poll, type SourceEngine, type Waker } from "@aw/core";

/**
 * Gives away chunks that are their taker's own (AW-READ-9). Messages that came in one read of a socket share its
 * memory, so who transfers or keeps one would take or hold the others; and Node's are Buffers, whose
 * `slice` is none. Who polls gets to see them where they are.
 */
export class OwnChunks implements AsyncBufRead {
  readonly #inner: SourceEngine;

  constructor(inner: SourceEngine) {
    this.#inner = inner;
  }

  pollFillBuf(waker: Waker): Poll<Uint8Array> {
    return this.#inner.pollFillBuf(waker);
  }

  consume(amount: number): void {
    this.#inner.consume(amount);
  }

  pollTake(waker: Waker): Poll<Uint8Array> {
    const chunk = this.#inner.pollTake(waker);
    return chunk === PENDING ? PENDING : own(chunk);
  }

  abort(reason?: unknown): void {
    this.#inner.abort(reason);
  }

  toString(): string {
    return String(this.#inner);
  }
}

function own(chunk: Uint8Array): Uint8Array {
  const isWhole = chunk.length === chunk.buffer.byteLength;
  if (isWhole && chunk.constructor === Uint8Array) return chunk;
  return isWhole ? new Uint8Array(chunk.buffer) : new Uint8Array(chunk);
}
