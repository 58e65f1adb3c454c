import { ownCopy } from "../slab/own-copy.ts";
import { Staging } from "../slab/staging.ts";

/** What a reader shows at its end. */
export const NO_BYTES: Uint8Array = new Uint8Array(0);

/** Up to this size, in bytes, a chunk is worth a copy: the object alone takes a few hundred bytes. */
const SHORT = 512;

/** With so many chunks waiting, short ones are gathered behind them. */
const GATHER_BEHIND = 16;

/** How much larger the slab is that follows one that is full, and the largest that does, in bytes. */
const GROWTH = 4;
const LARGEST = 64 * 1024;

/** A chunk as it came, or bytes that were copied into a slab. */
type Entry = Uint8Array | Staging;

/**
 * Bytes that came and nobody has read: the way out of a reading engine. Chunks are kept as they came; copies are
 * gathered in slabs, which others use once they are read. One chunk, which is what most readers ever hold, takes no
 * array; thousands of short ones take little more memory than their bytes.
 */
export class ChunkQueue {
  /** What is left of the first chunk; empty if there is none. For everybody else to read only. */
  head: Uint8Array = NO_BYTES;
  /** The slab that `head` is in, if it is a copy. */
  #slab: Staging | undefined;
  /** The chunks behind it, the next one last: to take the first of an array moves all the others. */
  #next: Entry[] | undefined;
  /** Those behind them, as they came. */
  #later: Entry[] | undefined;
  /** The slab at the very end, which takes more copies. */
  #last: Staging | undefined;
  #length = 0;

  /** How many bytes wait. */
  get length(): number {
    return this.#length;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** The chunk, which has a byte at least, belongs to the queue from now on. */
  add(chunk: Uint8Array): void {
    if (this.#length > 0 && chunk.length <= SHORT && this.#isLong) {
      this.addCopy(chunk);
      return;
    }
    if (this.#length === 0) this.head = chunk;
    else this.#append(chunk);
    this.#last = undefined;
    this.#length += chunk.length;
  }

  /** Copies `bytes`, at least one, which stay the caller's. */
  addCopy(bytes: Uint8Array): void {
    const last = this.#last;
    if (last?.tryPut(bytes) === true) {
      // What is shown stays as it is; the next look shows more.
      if (last === this.#slab) this.head = last.view();
    } else {
      this.#openSlab(bytes);
    }
    this.#length += bytes.length;
  }

  /** Drops the first `amount` bytes of the first chunk. */
  consume(amount: number): void {
    this.#length -= amount;
    if (amount < this.head.length) {
      this.#slab?.consume(amount);
      this.head = this.head.subarray(amount);
      return;
    }
    this.#slab?.release();
    this.#showNext();
  }

  /** Gives the first chunk away: with the slab that it is in, unless most of that is unused. */
  take(): Uint8Array {
    const slab = this.#slab;
    const { head } = this;
    this.#length -= head.length;
    const isCopied = slab !== undefined && 2 * head.length <= slab.size;
    const chunk = isCopied ? ownCopy(head) : head;
    if (isCopied) slab.release();
    else slab?.forget();
    this.#showNext();
    return chunk;
  }

  /** Forgets everything. Somebody may still look at what was shown, so no slab is used again. */
  drop(): void {
    this.head = NO_BYTES;
    this.#slab = this.#last = this.#next = this.#later = undefined;
    this.#length = 0;
  }

  /** Whether so many chunks wait that short ones are gathered. */
  get #isLong(): boolean {
    return (this.#next?.length ?? 0) + (this.#later?.length ?? 0) >= GATHER_BEHIND;
  }

  #openSlab(bytes: Uint8Array): void {
    const slab = new Staging();
    // Behind a slab that was not enough comes a larger one.
    const size = Math.max(bytes.length, Math.min(GROWTH * (this.#last?.size ?? 0), LARGEST));
    slab.open(size, Number.POSITIVE_INFINITY);
    slab.tryPut(bytes);
    if (this.#length === 0) this.#show(slab);
    else this.#append(slab);
    this.#last = slab;
  }

  #append(entry: Entry): void {
    this.#next ??= [];
    (this.#later ??= []).push(entry);
  }

  /** Shows what comes behind the first chunk, which is used up. */
  #showNext(): void {
    if (this.#last === this.#slab) this.#last = undefined;
    if (this.#length > 0) this.#show(this.#shift());
    else {
      this.head = NO_BYTES;
      this.#slab = undefined;
    }
  }

  #show(entry: Entry): void {
    this.#slab = entry instanceof Staging ? entry : undefined;
    this.head = entry instanceof Staging ? entry.view() : entry;
  }

  /** The next chunk; there is one. */
  #shift(): Entry {
    const next = this.#next as Entry[];
    if (next.length > 0) return next.pop() as Entry;
    const later = this.#later as Entry[];
    // oxlint-disable-next-line unicorn/no-array-reverse -- in place: no array is made for the chunks to come
    this.#next = later.reverse();
    this.#later = next;
    return later.pop() as Entry;
  }
}
