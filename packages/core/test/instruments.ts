import {
  Latch,
  PENDING,
  type AsyncWriteError,
  type Engine,
  type Poll,
  type Waker,
  type WriterState,
  Writer,
} from "@aw/core";

/** Counts its wakes. */
export class CountingWaker implements Waker {
  wakes = 0;

  wake(): void {
    this.wakes++;
  }
}

/**
 * A destination that shows what happens at it: what each call brought, in which order. It takes
 * at most `maxBytes` a call, and with `pendingEvery` it answers every second poll with PENDING,
 * waking at once.
 */
export class Recording implements Engine {
  protected readonly latch: Latch = new Latch(this, () => {});
  failureListeners = 0;
  readonly calls: string[] = [];
  readonly received: number[] = [];
  readonly #maxBytes: number;
  readonly #interleave: boolean;
  #pendingNext = true;
  /** While true every poll is PENDING, until `release`. */
  stalled = false;
  failNext: Error | undefined;

  constructor({ maxBytes = Number.POSITIVE_INFINITY, pending = false } = {}) {
    this.#maxBytes = maxBytes;
    this.#interleave = pending;
  }

  get text(): string {
    return new TextDecoder().decode(new Uint8Array(this.received));
  }

  release(): void {
    this.stalled = false;
    this.latch.wake();
  }

  pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.latch.state !== "open") this.latch.refuse();
    return this.#answer(waker, `write ${buf.length}`, () => this.#take(buf, this.#maxBytes));
  }

  pollFlush(waker: Waker): Poll<void> {
    this.latch.check();
    return this.#answer(waker, "flush", () => undefined);
  }

  pollClose(waker: Waker): Poll<void> {
    this.latch.check();
    this.latch.beginClose();
    return this.#answer(waker, "close", () => this.latch.endClose());
  }

  get state(): WriterState {
    return this.latch.state;
  }

  get isVectored(): boolean {
    return false;
  }

  /** Writes the first non-empty buffer, or an empty one if there is none (AW-VEC-3). */
  pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    return this.pollWrite(waker, bufs.find((buf) => buf.length > 0) ?? new Uint8Array(0));
  }

  abort(reason?: unknown): void {
    if (this.latch.abort(reason)) this.calls.push(`abort ${String(reason)}`);
  }

  onFailure(listener: (failure: AsyncWriteError) => void): () => void {
    this.failureListeners++;
    const remove = this.latch.onFailure(listener);
    return () => {
      this.failureListeners--;
      remove();
    };
  }

  /** Fails while nobody polls. */
  failNow(error: unknown): AsyncWriteError {
    return this.latch.fail(error);
  }

  #take(buf: Uint8Array, max: number): number {
    const taken = buf.subarray(0, max);
    this.received.push(...taken);
    return taken.length;
  }

  #answer<T>(waker: Waker, call: string, ready: () => T): Poll<T> {
    if (this.failNext !== undefined) throw this.latch.fail(this.failNext);
    if (this.stalled) return this.latch.register(waker);
    if (this.#interleave) {
      this.#pendingNext = !this.#pendingNext;
      if (!this.#pendingNext) {
        waker.wake();
        return PENDING;
      }
    }
    this.calls.push(call);
    return ready();
  }
}

/** The promise API over a {@link Recording}. */
export class RecordingWriter extends Writer {
  readonly recording: Recording;

  constructor(options?: ConstructorParameters<typeof Recording>[0], recording?: Recording) {
    const at = recording ?? new Recording(options);
    super(at);
    this.recording = at;
  }

  get calls(): string[] {
    return this.recording.calls;
  }

  get received(): number[] {
    return this.recording.received;
  }

  get text(): string {
    return this.recording.text;
  }

  get failureListeners(): number {
    return this.recording.failureListeners;
  }

  set stalled(stalled: boolean) {
    this.recording.stalled = stalled;
  }

  set failNext(error: Error) {
    this.recording.failNext = error;
  }

  release(): void {
    this.recording.release();
  }

  failNow(error: unknown): AsyncWriteError {
    return this.recording.failNow(error);
  }
}

/** Bytes 0, 1, 2, ... so that a lost, doubled or swapped byte shows. */
export function counted(length: number): Uint8Array {
  const all = new Uint8Array(length);
  for (let index = 0; index < length; index++) all[index] = index;
  return all;
}

/** Each byte twice: what a coder makes of a block in tests. */
export function twice(block: Uint8Array): Uint8Array {
  const all = new Uint8Array(2 * block.length);
  for (let index = 0; index < all.length; index++) all[index] = block[index >> 1] as number;
  return all;
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Collects what would end the process, until `stop`, which returns it. */
export function catchUncaught(): { errors: unknown[]; stop(): unknown[] } {
  const errors: unknown[] = [];
  const others = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => errors.push(error));
  return {
    errors,
    stop() {
      process.removeAllListeners("uncaughtException");
      for (const other of others) process.on("uncaughtException", other);
      return errors;
    },
  };
}

/** Runs everything that is scheduled: microtasks, and what writers do at the end of a turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
