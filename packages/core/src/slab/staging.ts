import { acquireSlab, releaseSlab } from "./slab-pool.ts";
import { Slab } from "./slab.ts";

const NO_SLAB = new Slab(0);

/**
 * Gathers small writes into one slab of the pool. It holds a slab only between `open` and
 * `release`, so a writer with nothing to gather holds no memory.
 */
export class Staging {
  #slab: Slab = NO_SLAB;
  /** The memory of the slab, at hand for the ready path. */
  #bytes: Uint8Array = NO_SLAB.bytes;
  #limit = 0;
  #start = 0;
  #end = 0;

  /** How many bytes wait here. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** How many more bytes fit into the slab; 0 while there is none. */
  get room(): number {
    return this.#limit - this.#end;
  }

  /** How many bytes the slab takes in all; 0 while there is none. */
  get size(): number {
    return this.#bytes.length;
  }

  /** Whether it holds a slab. */
  get isOpen(): boolean {
    return this.#limit > 0;
  }

  /** Borrows a slab for at least `size` bytes, and takes at most `limit` into it. */
  open(size: number, limit: number): void {
    this.#slab = acquireSlab(size);
    this.#bytes = this.#slab.bytes;
    this.#limit = Math.min(this.#bytes.length, limit);
  }

  /** Copies all of `buf` and returns true, or nothing and returns false. */
  tryPut(buf: Uint8Array): boolean {
    const end = this.#end;
    const { length } = buf;
    if (length > this.#limit - end) return false;
    this.#bytes.set(buf, end);
    this.#end = end + length;
    return true;
  }

  /** Like `tryPut`, for the ready path of the engines: takes nothing that would fill the slab. */
  tryPutWithin(buf: Uint8Array): boolean {
    const end = this.#end + buf.length;
    if (end >= this.#limit) return false;
    this.#bytes.set(buf, this.#end);
    this.#end = end;
    return true;
  }

  /** Copies what fits and returns how much that was. */
  put(buf: Uint8Array): number {
    if (this.tryPut(buf)) return buf.length;
    const part = buf.subarray(0, this.room);
    this.tryPut(part);
    return part.length;
  }

  /** Encodes all of `text` as UTF-8 in place. It must fit: see {@link maxUtf8Length}. */
  putText(text: string): void {
    this.#end += this.#slab.writeText(text, this.#end);
  }

  /** The bytes that wait. A view: valid until `release`. */
  view(): Uint8Array {
    return this.#slab.view(this.#start, this.#end);
  }

  /** Takes the first `count` bytes off; they stay counted against the room until `release`. */
  consume(count: number): void {
    this.#start += count;
  }

  /** Takes no more until `release`. */
  seal(): void {
    this.#limit = this.#end;
  }

  /** Gives the slab back. Nobody may use it any more, the kernel included. */
  release(): void {
    if (this.#slab !== NO_SLAB) releaseSlab(this.#slab);
    this.forget();
  }

  /** Hands the slab over to the caller, who gives it back to the pool. */
  detach(): Slab {
    const slab = this.#slab;
    this.forget();
    return slab;
  }

  /** Leaves the slab to the garbage collector, because somebody may still read it. */
  forget(): void {
    this.#slab = NO_SLAB;
    this.#bytes = NO_SLAB.bytes;
    this.#limit = this.#start = this.#end = 0;
  }
}

/** The max bytes that `text` can take as UTF-8: three per UTF-16 code unit. */
export function maxUtf8Length(text: string): number {
  return text.length * 3;
}
