import {
  AsyncWriteError,
  PENDING,
  type AsyncWrite,
  type FailureListener,
  type Pending,
  type Poll,
  type Waker,
} from "@aw/core";

/** What a {@link Destination} takes. */
export interface DestinationOptions {
  /** Takes this many bytes in all, then answers 0. Default: no limit. */
  room?: number | undefined;
  /** Whether it is a writer whose vectored calls gather. Default: true. */
  isVectored?: boolean | undefined;
}

/**
 * The end of a stack of layers, under the kit's control: it keeps what it is given, stalls, fails
 * and is full on demand, and knows what the layer above did to it.
 */
export class Destination implements AsyncWrite {
  readonly isVectored: boolean;
  /** How often a close was begun that was not begun before. */
  closes = 0;
  isClosed = false;
  readonly aborts: unknown[] = [];
  /** Calls of `pollClose` after it was ready. */
  closesAfterClose = 0;
  /** Whether a poll came while another one, or a wake, was on the stack. */
  wasReentered = false;

  #bytes: Uint8Array = new Uint8Array(256);
  #length = 0;
  #flushed = 0;
  #room: number;
  #stalled = false;
  #failure: AsyncWriteError | undefined;
  #failed = false;
  #waker: Waker | undefined;
  #busy = false;
  readonly #listeners = new Set<{ readonly call: FailureListener }>();

  constructor({ room = Infinity, isVectored = true }: DestinationOptions = {}) {
    this.#room = room;
    this.isVectored = isVectored;
  }

  /** A copy of all bytes it was given. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** How many bytes it was given. */
  get length(): number {
    return this.#length;
  }

  /** How many of its bytes have been flushed. */
  get flushedLength(): number {
    return this.#flushed;
  }

  /** From now on it takes nothing: every poll is `PENDING`, unless there is nothing to do. */
  stall(): void {
    this.#stalled = true;
  }

  release(): void {
    this.#stalled = false;
    this.wake();
  }

  /** Fails: every poll throws `error` from now on, as an AsyncWriteError. */
  fail(error: unknown): void {
    if (this.#failed || this.isClosed) return;
    this.#failed = true;
    this.#failure = AsyncWriteError.from(error);
    this.wake();
    for (const listener of this.#listeners) this.#callLater(listener);
  }

  /** Wakes the waker of the latest call that was `PENDING`, even if there is no progress. */
  wake(): void {
    const waker = this.#waker;
    this.#waker = undefined;
    this.#guard(() => waker?.wake());
  }

  /** As {@link Destination.wake}, but the waker stays: the same one is woken again later. */
  wakeSpuriously(): void {
    this.#guard(() => this.#waker?.wake());
  }

  pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    return this.#guard(() => {
      this.#check(true);
      return this.#stalled && buf.length > 0 ? this.#register(waker) : this.#take(buf);
    });
  }

  pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    if (!this.isVectored) {
      return this.pollWrite(waker, bufs.find((buf) => buf.length > 0) ?? new Uint8Array(0));
    }
    return this.#guard(() => {
      this.#check(true);
      if (this.#stalled && bufs.some((buf) => buf.length > 0)) return this.#register(waker);
      let total = 0;
      for (const buf of bufs) total += this.#take(buf);
      return total;
    });
  }

  pollFlush(waker: Waker): Poll<void> {
    return this.#guard(() => {
      this.#check(false);
      if (this.#stalled && this.#flushed < this.#length) return this.#register(waker);
      this.#flushed = this.#length;
    });
  }

  pollClose(waker: Waker): Poll<void> {
    return this.#guard(() => {
      this.#check(false);
      if (this.isClosed) {
        this.closesAfterClose++;
        return;
      }
      if (this.closes === 0) this.closes = 1;
      if (this.#stalled) return this.#register(waker);
      this.#flushed = this.#length;
      this.isClosed = true;
    });
  }

  abort(reason?: unknown): void {
    this.aborts.push(reason);
    const message = "destination: aborted";
    this.fail(new AsyncWriteError("ERR_AW_ABORTED", message, { cause: reason }));
  }

  onFailure(listener: FailureListener): () => void {
    const entry = { call: listener };
    if (this.isClosed) return () => {};
    this.#listeners.add(entry);
    if (this.#failed) this.#callLater(entry);
    return () => void this.#listeners.delete(entry);
  }

  /** How many listeners to its failure have been added and not removed. */
  get listenerCount(): number {
    return this.#listeners.size;
  }

  toString(): string {
    return "destination";
  }

  #callLater(entry: { readonly call: FailureListener }): void {
    queueMicrotask(() => {
      const failure = this.#failure;
      if (failure !== undefined && this.#listeners.delete(entry)) entry.call(failure);
    });
  }

  #check(writes: boolean): void {
    if (this.#failed) throw this.#failure;
    if (writes && this.closes > 0) {
      throw new AsyncWriteError("ERR_AW_CLOSED", "destination: write after close");
    }
  }

  #take(buf: Uint8Array): number {
    const part = buf.subarray(0, this.#room);
    const end = this.#length + part.length;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(part, this.#length);
    this.#length = end;
    this.#room -= part.length;
    return part.length;
  }

  #register(waker: Waker): Pending {
    this.#waker = waker;
    return PENDING;
  }

  #guard<T>(call: () => T): T {
    if (this.#busy) this.wasReentered = true;
    const before = this.#busy;
    this.#busy = true;
    try {
      return call();
    } finally {
      this.#busy = before;
    }
  }
}
