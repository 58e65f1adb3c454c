import type { FailureListener } from "../trait/async-write.ts";
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
  /** A byte stream: it can be read with a buffer of your own, too. */
  readable: ReadableStream<Uint8Array>;
}

/**
 * An in-memory pipe: what goes into the writer comes out of the readable stream.
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
  return { writer: new Writer(between), readable: between.readable };
}

class PipeEngine implements Engine {
  /** The other end. */
  readonly readable: ReadableStream<Uint8Array>;
  readonly #capacity: number;
  readonly #latch: Latch = new Latch(this, (failure) => this.#release(failure));
  #store: Uint8Array | undefined;
  #start = 0;
  #end = 0;
  #controller!: ReadableByteStreamController;
  /** Resolves the pull of a reader that waits for bytes. */
  #pulled: (() => void) | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.readable = new ReadableStream({
      type: "bytes",
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#pull(),
      cancel: (reason) => this.#cancel(reason),
    });
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
    this.#deliver();
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
    this.#deliver();
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
    this.#controller.error(failure);
    this.#settlePull();
  }

  #append(bytes: Uint8Array): void {
    this.#store ??= allocate(this.#capacity);
    if (this.#end + bytes.length > this.#capacity) {
      this.#store.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    this.#store.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Called by the stream when somebody reads: resolves once there was something to give. */
  #pull(): Promise<void> | void {
    if (this.#end > this.#start || this.#latch.state === "closed") {
      this.#give();
      return;
    }
    return new Promise((resolve) => {
      this.#pulled = resolve;
    });
  }

  /** The reader cancelled. Its stream is closed already. */
  #cancel(reason: unknown): void {
    const message = `${this}: the reader cancelled; nobody takes what is written`;
    this.#latch.fail(new AsyncWriteError("ERR_AW_BROKEN_PIPE", message, { cause: reason }));
  }

  /** Gives to a reader that waits; ends the stream if this was the end. */
  #deliver(): void {
    if (this.#pulled !== undefined) this.#give();
    else if (this.#latch.state === "closed" && this.#end === this.#start) this.#finish();
  }

  #give(): void {
    const { byobRequest } = this.#controller;
    const view = byobRequest?.view as Uint8Array | null | undefined;
    const count = Math.min(this.#end - this.#start, view?.byteLength ?? this.#capacity);
    if (count > 0) {
      const bytes = (this.#store as Uint8Array).subarray(this.#start, this.#start + count);
      if (byobRequest && view) {
        new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(bytes);
        byobRequest.respond(count);
      } else {
        this.#controller.enqueue(new Uint8Array(bytes));
      }
      this.#start += count;
      if (this.#start === this.#end) this.#start = this.#end = 0;
    }
    if (this.#latch.state === "closed" && this.#end === this.#start) this.#finish();
    this.#settlePull();
    this.#latch.wake();
  }

  #finish(): void {
    this.#store = undefined;
    this.#controller.close();
    // A reader that waits with a buffer of its own gets it back empty.
    this.#controller.byobRequest?.respond(0);
    this.#settlePull();
  }

  #settlePull(): void {
    const settle = this.#pulled;
    this.#pulled = undefined;
    settle?.();
  }
}
