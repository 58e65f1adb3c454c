/** Random numbers that one seed determines, the same everywhere (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
    // Small seeds that follow each other would begin alike.
    this.next();
    this.#state ^= Math.imul(seed, 0x9e3779b1);
  }

  /** A number in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(0, items.length - 1)] as T;
  }

  /** Bytes without a pattern, so that a lost, doubled or swapped one shows. */
  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    let state = this.int(1, 0x7fff_ffff) | 1;
    for (let index = 0; index < length; index++) {
      state = (Math.imul(state, 0x0019_660d) + 0x3c6e_f35f) | 0;
      bytes[index] = state >>> 24;
    }
    return bytes;
  }
}
