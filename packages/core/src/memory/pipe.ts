import { AsyncWriteError } from "../trait/error.ts";
import { checkOptions } from "../options/check-options.ts";
import { POSITIVE_COUNT, type Schema } from "../options/rules.ts";
import { formatSize } from "../slab/bytes.ts";
import { allocate } from "../task/platform.ts";
import type { Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import { Writer } from "../writer/writer.ts";

export interface PipeOptions {
  /** The most bytes that wait between the ends. Default: 64 KiB. */
  capacity?: number | undefined;
}

const OPTIONS: Schema<PipeOptions> = { capacity: POSITIVE_COUNT };

export interface Pipe {
  writer: PipeWriter;
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
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` unless capacity is a positive count of bytes
 */
export function pipe(options: PipeOptions = {}): Pipe {
  checkOptions("pipe", options, OPTIONS);
  const { capacity = 64 * 1024 } = options;
  const writer = new PipeWriter(capacity);
  return { writer, readable: writer.readable };
}

export class PipeWriter extends Writer {
  /** The other end. */
  readonly readable: ReadableStream<Uint8Array>;
  readonly #capacity: number;
  #store: Uint8Array | undefined;
  #start = 0;
  #end = 0;
  #controller!: ReadableByteStreamController;
  /** Resolves the pull of a reader that waits for bytes. */
  #pulled: (() => void) | undefined;

  constructor(capacity: number) {
    super();
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

  pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.state !== "open") this.refuse();
    const taken = Math.min(buf.length, this.#capacity - (this.#end - this.#start));
    if (taken === 0) return buf.length === 0 ? 0 : this.park(waker);
    this.#append(taken === buf.length ? buf : buf.subarray(0, taken));
    this.#deliver();
    return taken;
  }

  pollFlush(_waker: Waker): Poll<void> {
    this.check();
  }

  pollClose(_waker: Waker): Poll<void> {
    this.check();
    if (this.state === "closed") return;
    this.endClose();
    this.#deliver();
  }

  override toString(): string {
    return `pipe(${formatSize(this.#capacity)})`;
  }

  protected override cleanUp(failure: AsyncWriteError): void {
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
    if (this.#end > this.#start || this.state === "closed") {
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
    this.fail(new AsyncWriteError("ERR_AW_BROKEN_PIPE", message, { cause: reason }));
  }

  /** Gives to a reader that waits; ends the stream if this was the end. */
  #deliver(): void {
    if (this.#pulled !== undefined) this.#give();
    else if (this.state === "closed" && this.#end === this.#start) this.#finish();
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
    if (this.state === "closed" && this.#end === this.#start) this.#finish();
    this.#settlePull();
    this.unpark();
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
