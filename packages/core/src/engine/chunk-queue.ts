/** What a reader shows at its end. */
export const NO_BYTES: Uint8Array = new Uint8Array(0);

/**
 * Chunks that came and nobody has read: the way out of a reading engine. One chunk, which is what most
 * readers ever hold, takes no array.
 */
export class ChunkQueue {
  /** What is left of the first chunk; empty if there is none. For everybody else to read only. */
  head: Uint8Array = NO_BYTES;
  /** The chunks behind it. */
  #rest: Uint8Array[] | undefined;
  #length = 0;

  /** How many bytes wait. */
  get length(): number {
    return this.#length;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** The chunk belongs to the queue from now on. */
  add(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    if (this.#length === 0) this.head = chunk;
    else (this.#rest ??= []).push(chunk);
    this.#length += chunk.length;
  }

  /** Drops the first `amount` bytes of the first chunk. */
  consume(amount: number): void {
    this.#length -= amount;
    if (amount === this.head.length) this.head = this.#rest?.shift() ?? NO_BYTES;
    else this.head = this.head.subarray(amount);
  }

  /** Gives the first chunk away. */
  take(): Uint8Array {
    const chunk = this.head;
    this.consume(chunk.length);
    return chunk;
  }

  drop(): void {
    this.head = NO_BYTES;
    this.#rest = undefined;
    this.#length = 0;
  }
}
