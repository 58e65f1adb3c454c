import { Gathering, SHORT } from "./gathering.ts";

/** What a reader shows at its end. */
export const NO_BYTES: Uint8Array = new Uint8Array(0);

/** With so many chunks waiting, short ones are gathered behind them. */
const GATHER_BEHIND = 16;

/**
 * Chunks that came and nobody has read: the way out of a reading engine. One chunk, which is what most
 * readers ever hold, takes no array; thousands of short ones take little more memory than their bytes.
 */
export class ChunkQueue {
  /** What is left of the first chunk; empty if there is none. For everybody else to read only. */
  head: Uint8Array = NO_BYTES;
  /** The chunks behind it, the next one last: to take the first of an array moves all the others. */
  #next: Uint8Array[] | undefined;
  /** Those behind them, as they came. */
  #later: Uint8Array[] | undefined;
  /** What comes behind those. */
  #gathering: Gathering | undefined;
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
    if (this.#length === 0) this.head = chunk;
    else this.#append(chunk);
    this.#length += chunk.length;
  }

  /** Drops the first `amount` bytes of the first chunk. */
  consume(amount: number): void {
    this.#length -= amount;
    if (amount < this.head.length) this.head = this.head.subarray(amount);
    else this.head = this.#length === 0 ? NO_BYTES : this.#shift();
  }

  /** Gives the first chunk away. */
  take(): Uint8Array {
    const chunk = this.head;
    this.consume(chunk.length);
    return chunk;
  }

  drop(): void {
    this.head = NO_BYTES;
    this.#next = this.#later = this.#gathering = undefined;
    this.#length = 0;
  }

  #append(chunk: Uint8Array): void {
    const next = (this.#next ??= []);
    const later = (this.#later ??= []);
    if (chunk.length > SHORT || next.length + later.length < GATHER_BEHIND) {
      this.#seal(later);
      later.push(chunk);
      return;
    }
    let gathering = this.#gathering;
    if (gathering?.hasRoomFor(chunk) !== true) {
      this.#seal(later);
      gathering = this.#gathering = new Gathering();
    }
    gathering.add(chunk);
  }

  /** What was gathered is a chunk like the others. */
  #seal(later: Uint8Array[]): void {
    if (this.#gathering !== undefined) later.push(this.#gathering.give());
    this.#gathering = undefined;
  }

  /** The next chunk; there is one. */
  #shift(): Uint8Array {
    const next = this.#next as Uint8Array[];
    if (next.length > 0) return next.pop() as Uint8Array;
    const later = this.#later as Uint8Array[];
    this.#seal(later);
    // oxlint-disable-next-line unicorn/no-array-reverse -- in place: no array is made for the chunks to come
    this.#next = later.reverse();
    this.#later = next;
    return later.pop() as Uint8Array;
  }
}
