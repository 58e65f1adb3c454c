import type { AsyncBufRead } from "../trait/async-buf-read.ts";
import type { FailureListener } from "../trait/async-write.ts";
import { checkConsumed } from "../trait/consumed.ts";
import { AsyncWriteError } from "../trait/error.ts";
import { checkOptions } from "../options/check-options.ts";
import { POSITIVE_COUNT, type Schema } from "../options/rules.ts";
import { formatSize } from "../slab/bytes.ts";
import { allocate } from "../task/platform.ts";
import { Latch } from "../engine/latch.ts";
import type { Engine } from "../trait/engine.ts";
import type { Poll } from "../trait/poll.ts";
import type { WriterState } from "../trait/state.ts";
import type { Waker } from "../trait/waker.ts";
import { Reader } from "../reader/reader.ts";
import { Writer } from "../writer/writer.ts";

/** The bound of what waits in a {@link pipe}. */
export interface PipeOptions {
  /** The max bytes that wait between the ends. Default: 64 KiB. */
  capacity?: number | undefined;
}

const EMPTY = new Uint8Array(0);

const OPTIONS: Schema<PipeOptions> = { capacity: POSITIVE_COUNT };

/** The two ends of {@link pipe}. */
export interface Pipe {
  writer: Writer;
  /** What was written. Aborting it fails the writer with `ERR_AW_BROKEN_PIPE`. */
  reader: Reader;
  /** A byte stream: it can be read with a buffer of your own, too. */
  readable: ReadableStream<Uint8Array>;
}

/**
 * An in-memory pipe: what goes into the writer comes out of the reader, or of its readable stream.
 *
 * Each end sees the other's: close ends the stream after the last byte, abort makes it fail, and
 * cancelling the stream fails the writer with `ERR_AW_BROKEN_PIPE`. Flush is ready at once: like
 * a kernel's, the pipe itself is the destination.
 *
 * ```ts
 * import { memory, copy, pipe } from "@aw/core";
 *
 * const { writer, readable } = pipe();
 * const target = memory();
 * const reading = copy(readable, target);
 * await writer.writeAll("hello");
 * await writer.close();
 * console.log(await reading, target.text()); // 5 hello
 * ```
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` unless capacity is a positive count of bytes
 */
export function pipe(options: PipeOptions = {}): Pipe {
  checkOptions("pipe", options, OPTIONS);
  const { capacity = 64 * 1024 } = options;
  const between = new PipeEngine(capacity);
  const reader = new Reader(between.readingEnd);
  return { writer: new Writer(between), reader, readable: reader.stream };
}

class PipeEngine implements Engine {
  /** The other end. */
  readonly readingEnd: ReadingEnd = new ReadingEnd(this);
  readonly #capacity: number;
  readonly #latch: Latch = new Latch(this, (failure) => this.#release(failure));
  #store: Uint8Array | undefined;
  #start = 0;
  #end = 0;
  #isShown = false;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get state(): WriterState {
    return this.#latch.state;
  }

  get isVectored(): boolean {
    return false;
  }

  pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.#latch.state !== "open") this.#latch.refuse();
    const taken = Math.min(buf.length, this.#capacity - (this.#end - this.#start));
    if (taken === 0) return buf.length === 0 ? 0 : this.#latch.register(waker);
    this.#append(taken === buf.length ? buf : buf.subarray(0, taken));
    this.readingEnd.wake();
    return taken;
  }

  /** Writes the first non-empty buffer, or an empty one if there is none (AW-VEC-3). */
  pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    return this.pollWrite(waker, bufs.find((buf) => buf.length > 0) ?? EMPTY);
  }

  pollFlush(_waker: Waker): Poll<void> {
    this.#latch.check();
  }

  pollClose(_waker: Waker): Poll<void> {
    this.#latch.check();
    if (this.#latch.state === "closed") return;
    this.#latch.endClose();
    this.readingEnd.wake();
  }

  abort(reason?: unknown): void {
    this.#latch.abort(reason);
  }

  onFailure(listener: FailureListener): () => void {
    return this.#latch.onFailure(listener);
  }

  toString(): string {
    return `pipe(${formatSize(this.#capacity)})`;
  }

  #release(failure: AsyncWriteError): void {
    this.#store = undefined;
    this.#start = this.#end = 0;
    this.readingEnd.fail(failure);
  }

  #append(bytes: Uint8Array): void {
    this.#store ??= allocate(this.#capacity);
    if (this.#end + bytes.length > this.#capacity) {
      const held = this.#store.subarray(this.#start, this.#end);
      // A view that is shown stays as it is (AW-READ-3).
      if (this.#isShown) this.#store = allocate(this.#capacity);
      this.#isShown = false;
      this.#store.set(held);
      this.#end -= this.#start;
      this.#start = 0;
    }
    this.#store.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** What waits. A view: valid until bytes are used up or written. */
  view(): Uint8Array {
    this.#isShown = true;
    return this.#store?.subarray(this.#start, this.#end) ?? EMPTY;
  }

  /** The first `count` bytes were read: there is room for as many. */
  release(count: number): void {
    this.#isShown = false;
    this.#start += count;
    if (this.#start === this.#end) this.#start = this.#end = 0;
    if (count > 0) this.#latch.wake();
  }

  /** Nobody reads any more. */
  breakOff(reason: unknown): void {
    const message = `${this}: the reader cancelled; nobody takes what is written`;
    this.#latch.fail(new AsyncWriteError("ERR_AW_BROKEN_PIPE", message, { cause: reason }));
  }
}

/** What reads a pipe: its end comes after the last byte, its failure is that of the writer. */
class ReadingEnd implements AsyncBufRead {
  readonly #pipe: PipeEngine;
  readonly #latch: Latch = new Latch(this, (failure) => this.#pipe.breakOff(failure.cause));

  constructor(between: PipeEngine) {
    this.#pipe = between;
  }

  pollFillBuf(waker: Waker): Poll<Uint8Array> {
    this.#latch.check();
    const view = this.#pipe.view();
    if (view.length > 0) return view;
    if (this.#pipe.state !== "closed") return this.#latch.register(waker);
    this.#latch.endClose();
    return view;
  }

  consume(amount: number): void {
    checkConsumed(amount, this.#pipe.view().length, this);
    this.#pipe.release(amount);
  }

  abort(reason?: unknown): void {
    this.#latch.abort(reason);
  }

  /** The writer has failed. */
  fail(failure: AsyncWriteError): void {
    this.#latch.fail(failure);
  }

  wake(): void {
    this.#latch.wake();
  }

  toString(): string {
    return String(this.#pipe);
  }
}
