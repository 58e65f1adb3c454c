import { isBytes, notBytes } from "./bytes.ts";
import type { Poll } from "./poll.ts";
import type { Waker } from "./waker.ts";
import { Writer } from "./writer.ts";

/**
 * Writes into the memory you give, from its start. When that is full it answers 0, which
 * `writeAll` turns into `ERR_AW_WRITE_ZERO`; what fitted stays.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if `target` is not a Uint8Array
 */
export function cursor(target: Uint8Array): CursorWriter {
  if (!isBytes(target)) throw notBytes(target, "a Uint8Array");
  return new CursorWriter(target);
}

export class CursorWriter extends Writer {
  readonly #target: Uint8Array;
  #position = 0;

  constructor(target: Uint8Array) {
    super();
    this.#target = target;
  }

  /** How many bytes have been written. */
  get position(): number {
    return this.#position;
  }

  pollWrite(_waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.state !== "open") this.refuse();
    return this.#take(buf);
  }

  override pollVectoredWrite(_waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    if (this.state !== "open") this.refuse();
    const before = this.#position;
    for (const buf of bufs) if (this.#take(buf) < buf.length) break;
    return this.#position - before;
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
    return `cursor(${this.#position}/${this.#target.length})`;
  }

  #take(buf: Uint8Array): number {
    const room = this.#target.length - this.#position;
    const taken = Math.min(room, buf.length);
    this.#target.set(taken === buf.length ? buf : buf.subarray(0, taken), this.#position);
    this.#position += taken;
    return taken;
  }
}
