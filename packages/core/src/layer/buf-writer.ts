import { writeZero } from "../trait/accepted.ts";
import type { AsyncWrite } from "../trait/async-write.ts";
import { byteLength, formatSize } from "../slab/bytes.ts";
import { AsyncWriteError } from "../trait/error.ts";
import { checkArgument } from "../options/check-options.ts";
import { checkWriter } from "../options/check-writer.ts";
import { COUNT } from "../options/rules.ts";
import { PassThrough } from "../engine/pass-through.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import { maxUtf8Length, Staging } from "../slab/staging.ts";
import type { Waker } from "../trait/waker.ts";
import { Writer } from "../writer/writer.ts";

/** What `buffered` gathers by default, in bytes. */
export const DEFAULT_CAPACITY: number = 64 * 1024;

/**
 * Gathers small writes and passes them on together: when the buffer is full, at flush, at close.
 *
 * A write of at least `capacity` bytes goes to the inner writer without a copy once the buffer is
 * empty. Never more than `capacity` bytes are held, and no memory while none are.
 *
 * ```ts
 * import { buffered, memory } from "@aw/core";
 *
 * const target = memory();
 * const out = buffered(target);
 * await out.writeAll("one, ");
 * await out.writeAll("two");
 * console.log(out.pendingBytes, target.length); // 8 0
 * await out.close();
 * console.log(target.text()); // one, two
 * ```
 *
 * @param capacity in bytes; 0 passes every write on. Default: 64 KiB
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is not a writer, or capacity not a
 * count of bytes
 */
export function buffered(inner: AsyncWrite, capacity: number = DEFAULT_CAPACITY): BufWriter {
  checkWriter("buffered", inner);
  checkArgument("buffered", "capacity", capacity, COUNT);
  return new BufWriter(new BufferLayer(inner, capacity));
}

/** The writer of {@link buffered} and `lineBuffered`. */
export class BufWriter extends Writer {
  readonly #layer: BufferLayer;

  constructor(layer: BufferLayer) {
    super(layer);
    this.#layer = layer;
  }

  /** How many bytes were accepted and not passed on yet. */
  get pendingBytes(): number {
    return this.#layer.pendingBytes;
  }

  /**
   * Takes the writer apart: the inner writer as it is, and the bytes that were accepted and not
   * passed on, also after a failure of the inner writer. This writer is aborted; the inner one
   * is not.
   */
  intoParts(): { inner: AsyncWrite; unsent: Uint8Array } {
    return this.#layer.intoParts();
  }
}

/** A layer that gathers small writes in one slab. */
export class BufferLayer extends PassThrough {
  /** The inner writer as it was given: `intoParts` gives it back. */
  readonly #given: AsyncWrite;
  readonly #capacity: number;
  readonly #staged = new Staging();
  /** Bytes that were accepted and could not be passed on before the inner writer failed. */
  #unsent: Uint8Array | undefined;

  constructor(
    inner: AsyncWrite,
    capacity: number,
    label: string = `buffered(${formatSize(capacity)})`,
  ) {
    super(inner, label);
    this.#given = inner;
    this.#capacity = capacity;
  }

  get pendingBytes(): number {
    return this.#unsent?.length ?? this.#staged.length;
  }

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.state !== "open") this.latch.refuse();
    // A write that would fill a whole buffer never goes through it.
    if (buf.length < this.#capacity && this.#staged.tryPut(buf)) return buf.length;
    return this.#write(waker, buf);
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    if (this.state !== "open") this.latch.refuse();
    const total = byteLength(bufs);
    if (!this.isVectored || total < this.#capacity) return this.#gather(waker, bufs, total);
    if (this.drain(waker) === PENDING) return PENDING;
    return this.writeInnerVectored(waker, bufs);
  }

  override pollFlush(waker: Waker): Poll<void> {
    this.latch.check();
    return this.drain(waker) === PENDING ? PENDING : super.pollFlush(waker);
  }

  override pollClose(waker: Waker): Poll<void> {
    this.latch.check();
    this.latch.beginClose();
    return this.drain(waker) === PENDING ? PENDING : super.pollClose(waker);
  }

  intoParts(): { inner: AsyncWrite; unsent: Uint8Array } {
    const unsent = this.#unsent ?? new Uint8Array(this.#staged.view());
    this.latch.fail(new AsyncWriteError("ERR_AW_ABORTED", `${this}: taken apart`));
    this.#unsent = undefined;
    return { inner: this.#given, unsent };
  }

  acceptText(text: string): boolean {
    const size = maxUtf8Length(text);
    if (this.state !== "open" || size === 0 || size >= this.#capacity) return false;
    if (!this.#staged.isOpen) this.#open();
    if (size > this.#staged.room) return false;
    this.#staged.putText(text);
    return true;
  }

  protected override cleanUp(): void {
    if (this.#staged.length > 0) this.#unsent = new Uint8Array(this.#staged.view());
    this.#staged.release();
  }

  protected override abortInner(reason: unknown): void {
    this.#unsent = undefined;
    super.abortInner(reason);
  }

  /** Empties the buffer into the inner writer. */
  protected drain(waker: Waker): Poll<void> {
    const staged = this.#staged;
    while (staged.length > 0) {
      const n = this.writeInner(waker, staged.view());
      if (n === PENDING) {
        // The next write asks the inner writer first, and so meets its failure (AW-FAIL-2).
        staged.seal();
        return PENDING;
      }
      if (n === 0) throw this.latch.fail(writeZero(this.inner));
      staged.consume(n);
    }
    staged.release();
  }

  #write(waker: Waker, buf: Uint8Array): Poll<number> {
    const { length } = buf;
    if (length === 0) return 0;
    if (length > this.#staged.room && this.drain(waker) === PENDING) return PENDING;
    if (length >= this.#capacity) return this.writeInner(waker, buf);
    if (!this.#staged.isOpen) this.#open();
    return this.#staged.put(buf);
  }

  /** Copies whole buffers while they fit, or passes on the first one that never will. */
  #gather(waker: Waker, bufs: readonly Uint8Array[], total: number): Poll<number> {
    if (total === 0) return 0;
    let gathered = 0;
    for (const buf of bufs) {
      if (buf.length === 0) continue;
      if (gathered === 0) {
        const n = this.pollWrite(waker, buf);
        if (n === PENDING || n < buf.length) return n;
        gathered = n;
      } else {
        if (buf.length >= this.#capacity || !this.#staged.tryPut(buf)) break;
        gathered += buf.length;
      }
    }
    return gathered;
  }

  #open(): void {
    this.#staged.open(this.#capacity, this.#capacity);
  }
}
