import { releaseSlab } from "../slab/slab-pool.ts";
import type { SlabSize } from "../slab/slab-size.ts";
import type { Slab } from "../slab/slab.ts";
import { maxUtf8Length, Staging } from "../slab/staging.ts";

/**
 * The way into an engine: small writes are gathered in one slab while the slab before it is in
 * flight. It holds a slab only while there are bytes in it. `tryPutWithin` is its ready path: a slab
 * that a write would fill has to leave, which takes the long way.
 */
export class Intake extends Staging {
  /** Whether the gathered bytes should leave as soon as they can, full slab or not. */
  flushRequested = false;
  #sealed = false;
  #inFlight: Slab | undefined;
  readonly #sizes: SlabSize;
  #steps: { advance(): void } | undefined;

  /**
   * @param sizes how large the slabs are
   * @param steps whose `advance` takes the gathered bytes if they can leave now
   */
  constructor(sizes: SlabSize, steps: { advance(): void }) {
    super();
    this.#sizes = sizes;
    this.#steps = steps;
  }

  /** Works for another writer from now on, or for none. Only while it is as new. */
  workFor(steps: { advance(): void } | undefined): void {
    this.flushRequested = false;
    this.#steps = steps;
  }

  /** Whether it holds nothing, and knows nothing of who used it. */
  get isAsNew(): boolean {
    return !this.isOpen && !this.#sealed && this.#inFlight === undefined && this.#sizes.isSmallest;
  }

  /** No slab takes more bytes. */
  get max(): number {
    return this.#sizes.max;
  }

  /** Whether a byte more can be gathered now. */
  get hasRoom(): boolean {
    return !this.#sealed && (this.room > 0 || !this.isOpen);
  }

  /** Lets the gathered bytes leave, if they can. */
  push(): void {
    this.flushRequested = true;
    this.#steps?.advance();
  }

  /**
   * Gathers what fits, in a new slab if none is open, and returns how much that was. A slab that is
   * full leaves at once if it can.
   */
  override put(buf: Uint8Array): number {
    // A slab that was opened for nothing would never leave.
    if (buf.length === 0) return 0;
    if (!this.isOpen) this.#openFor(buf.length);
    const n = super.put(buf);
    if (this.room === 0) this.push();
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
  tryPutText(text: string): boolean {
    const size = maxUtf8Length(text);
    if (size === 0) return false;
    if (!this.isOpen) {
      // Before a slab is opened: an empty one would wait for bytes that never come.
      if (size > this.#sizes.max) return false;
      this.#openFor(size);
    }
    if (size > this.room) return false;
    this.putText(text);
    return true;
  }

  /** Gathers nothing any more: the writer is closing. */
  override seal(): void {
    this.#sealed = true;
    super.seal();
  }

  /** Puts the gathered bytes in flight and returns them. The slab before must have landed. */
  take(): Uint8Array {
    this.#sizes.adapt(this);
    const bytes = this.view();
    this.#inFlight = this.detach();
    return bytes;
  }

  /** Nobody reads the bytes in flight any more. */
  land(): void {
    const landed = this.#inFlight;
    this.#inFlight = undefined;
    if (landed !== undefined) releaseSlab(landed);
  }

  /**
   * Keeps the bytes in flight valid beyond `land`, until what this returns is called. After a
   * failure it may stay uncalled, if somebody may still read them.
   */
  keepInFlight(): () => void {
    let kept = this.#inFlight;
    this.#inFlight = undefined;
    return () => {
      if (kept !== undefined) releaseSlab(kept);
      kept = undefined;
    };
  }

  /** Hands the gathered bytes to `take`, which is done with them when it returns. */
  drainInto(take: (bytes: Uint8Array) => void): void {
    take(this.view());
    this.release();
  }

  /** Drops everything. Whoever has the bytes in flight may still read them. */
  drop(): void {
    this.#sealed = true;
    this.release();
    this.#inFlight = undefined;
  }

  #openFor(size: number): void {
    this.open(this.#sizes.for(size), this.#sizes.max);
  }
}
