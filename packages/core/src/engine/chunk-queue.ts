import { Gathering, SHORT } from "./gathering.ts";

/** What a reader shows at its end. */
export const NO_BYTES: Uint8Array = new Uint8Array(0);

/** With so many chunks waiting, short ones are gathered behind them. */
const GATHER_BEHIND = 16;

/** So many places of chunks that were read are left before the others move up. */
const MAX_GAP = 1024;

/**
 * Chunks that came and nobody has read: the way out of a reading engine. One chunk, which is what most
 * readers ever hold, takes no array; thousands of short ones take little more memory than their bytes.
 */
export class ChunkQueue {
  /** What is left of the first chunk; empty if there is none. For everybody else to read only. */
  head: Uint8Array = NO_BYTES;
  /** The chunks behind it, from `#next` on. */
  #rest: Uint8Array[] | undefined;
  #next = 0;
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
    this.#rest = this.#gathering = undefined;
    this.#next = this.#length = 0;
  }

  #append(chunk: Uint8Array): void {
    const rest = (this.#rest ??= []);
    if (chunk.length > SHORT || rest.length - this.#next < GATHER_BEHIND) {
      this.#seal(rest);
      rest.push(chunk);
      return;
    }
    let gathering = this.#gathering;
    if (gathering?.hasRoomFor(chunk) !== true) {
      this.#seal(rest);
      gathering = this.#gathering = new Gathering();
    }
    gathering.add(chunk);
  }

  /** What was gathered is a chunk like the others. */
  #seal(rest: Uint8Array[]): void {
    if (this.#gathering !== undefined) rest.push(this.#gathering.give());
    this.#gathering = undefined;
  }

  /** The next chunk; there is one. */
  #shift(): Uint8Array {
    const rest = this.#rest as Uint8Array[];
    if (this.#next === rest.length) this.#seal(rest);
    const chunk = rest[this.#next] as Uint8Array;
    // An array's own `shift` moves all the others, once they are many.
    rest[this.#next++] = NO_BYTES;
    if (this.#next === rest.length || (this.#next >= MAX_GAP && this.#next * 2 > rest.length)) {
      rest.splice(0, this.#next);
      this.#next = 0;
    }
    return chunk;
  }
}
