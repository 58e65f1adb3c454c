import { byteLength } from "./bytes.ts";
import { AsyncWriteError } from "./error.ts";
import { allocate } from "./platform.ts";
import type { Poll } from "./poll.ts";
import type { Waker } from "./waker.ts";
import { Writer } from "./writer.ts";

export interface MemoryOptions {
  /** The most bytes it collects, after which it answers 0. Default: no limit. */
  maxBytes?: number | undefined;
}

const FIRST_SIZE = 256;

/**
 * Collects everything that is written. The one writer that grows with what it is given: bound it
 * with `maxBytes` where the input is not yours.
 */
export function memory(options: MemoryOptions = {}): MemoryWriter {
  const { maxBytes = Number.POSITIVE_INFINITY } = options;
  if (!(maxBytes >= 0)) {
    throw new AsyncWriteError("ERR_AW_INVALID_ARGUMENT", `maxBytes must be >= 0, got ${maxBytes}`);
  }
  return new MemoryWriter(maxBytes);
}

export class MemoryWriter extends Writer {
  readonly #maxBytes: number;
  #store: Uint8Array = new Uint8Array(0);
  #length = 0;

  constructor(maxBytes: number) {
    super();
    this.#maxBytes = maxBytes;
  }

  /** How many bytes have been collected. */
  get length(): number {
    return this.#length;
  }

  /** A copy of what was collected so far, also after close, failure or abort. */
  bytes(): Uint8Array {
    return new Uint8Array(this.#store.subarray(0, this.#length));
  }

  /** What was collected so far, decoded as UTF-8. */
  text(): string {
    return new TextDecoder().decode(this.#store.subarray(0, this.#length));
  }

  pollWrite(_waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.state !== "open") this.refuse();
    return this.#take(buf);
  }

  override pollVectoredWrite(_waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    if (this.state !== "open") this.refuse();
    const before = this.#length;
    this.#reserve(Math.min(before + byteLength(bufs), this.#maxBytes));
    for (const buf of bufs) if (this.#take(buf) < buf.length) break;
    return this.#length - before;
  }

  pollFlush(_waker: Waker): Poll<void> {
    this.check();
  }

  pollClose(_waker: Waker): Poll<void> {
    this.check();
    this.endClose();
  }

  override get isVectored(): boolean {
    return true;
  }

  override toString(): string {
    return "memory";
  }

  #take(buf: Uint8Array): number {
    const taken = Math.min(buf.length, this.#maxBytes - this.#length);
    this.#reserve(this.#length + taken);
    this.#store.set(taken === buf.length ? buf : buf.subarray(0, taken), this.#length);
    this.#length += taken;
    return taken;
  }

  #reserve(size: number): void {
    if (size <= this.#store.length) return;
    const grown = allocate(Math.max(size, this.#store.length * 2, FIRST_SIZE));
    grown.set(this.#store.subarray(0, this.#length));
    this.#store = grown;
  }
}
