import { maxUtf8Length, Staging } from "../slab/staging.ts";
import type { SlabSize } from "../slab/slab-size.ts";

/**
 * The way into an engine: small writes are gathered in one slab while the slab before it is in
 * flight. It holds a slab only while there are bytes in it.
 */
export class Intake {
  /** Whether the gathered bytes should leave as soon as they can, full slab or not. */
  flushRequested = false;
  #sealed = false;
  #filling = new Staging();
  #inFlight = new Staging();
  readonly #sizes: SlabSize;
  readonly #steps: { advance(): void };

  /**
   * @param sizes how large the slabs are
   * @param steps whose `advance` takes the gathered bytes if they can leave now
   */
  constructor(sizes: SlabSize, steps: { advance(): void }) {
    this.#sizes = sizes;
    this.#steps = steps;
  }

  /** How many bytes are gathered and not in flight yet. */
  get length(): number {
    return this.#filling.length;
  }

  /** Whether a slab fills. Somebody has to see to it that it leaves. */
  get isOpen(): boolean {
    return this.#filling.isOpen;
  }

  /** Whether a byte more can be gathered now. */
  get hasRoom(): boolean {
    return !this.#sealed && (this.#filling.room > 0 || !this.#filling.isOpen);
  }

  /**
   * The ready path: gathers all of `buf` in the open slab and returns true, or gathers nothing. A
   * slab that this would fill has to leave, which takes the long way.
   */
  tryPut(buf: Uint8Array): boolean {
    return this.#filling.tryPutWithin(buf);
  }

  /** Lets the gathered bytes leave, if they can. */
  push(): void {
    this.flushRequested = true;
    this.#steps.advance();
  }

  /**
   * Gathers what fits, in a new slab if none is open, and returns how much that was. A slab that is
   * full leaves at once if it can.
   */
  put(buf: Uint8Array): number {
    // A slab that was opened for nothing would never leave.
    if (buf.length === 0) return 0;
    if (!this.#filling.isOpen) this.#open(buf.length);
    const n = this.#filling.put(buf);
    if (this.#filling.room === 0) this.push();
    return n;
  }

  /**
   * Gathers the buffers from `index` on as far as they fit without waiting (AW-VEC-1), and returns
   * how much that was.
   *
   * @param below stops at a buffer of at least so many bytes, which is better passed on as it is
   */
  putMore(bufs: readonly Uint8Array[], index: number, below: number): number {
    let total = 0;
    for (; index < bufs.length && this.hasRoom; index++) {
      const buf = bufs[index] as Uint8Array;
      if (buf.length >= below) break;
      const n = this.put(buf);
      total += n;
      if (n < buf.length) break;
    }
    return total;
  }

  /** Gathers all of `text` as UTF-8 and returns true, or gathers nothing and returns false. */
  putText(text: string): boolean {
    const size = maxUtf8Length(text);
    if (size === 0) return false;
    if (!this.#filling.isOpen) {
      // Before a slab is opened: an empty one would wait for bytes that never come.
      if (size > this.#sizes.max) return false;
      this.#open(size);
    }
    if (size > this.#filling.room) return false;
    this.#filling.putText(text);
    return true;
  }

  /** Gathers nothing any more: the writer is closing. */
  seal(): void {
    this.#sealed = true;
    this.#filling.seal();
  }

  /** Puts the gathered bytes in flight and returns them. The slab before must have landed. */
  take(): Uint8Array {
    const slab = this.#filling;
    this.#filling = this.#inFlight;
    this.#inFlight = slab;
    this.#sizes.adapt(slab);
    return slab.view();
  }

  /** Nobody reads the bytes in flight any more. */
  land(): void {
    this.#inFlight.release();
  }

  /**
   * Keeps the bytes in flight valid beyond `land`, until what this returns is called. After a
   * failure it may stay uncalled, if somebody may still read them.
   */
  keepInFlight(): () => void {
    const kept = this.#inFlight;
    this.#inFlight = new Staging();
    return () => kept.release();
  }

  /** Hands the gathered bytes to `take`, which is done with them when it returns. */
  drainInto(take: (bytes: Uint8Array) => void): void {
    take(this.#filling.view());
    this.#filling.release();
  }

  /** Drops everything. Whoever has the bytes in flight may still read them. */
  drop(): void {
    this.#sealed = true;
    this.#filling.release();
    this.#inFlight.forget();
  }

  #open(size: number): void {
    this.#filling.open(this.#sizes.for(size), this.#sizes.max);
  }
}
