/** How much a part begins with, in bytes: most uploads never need a whole one. */
const FIRST_BYTES = 64 * 1024;

/** Gathers bytes up to a size. Its memory grows with them. */
export class Part {
  readonly #max: number;
  #memory: Uint8Array<ArrayBuffer> | undefined;
  #length = 0;

  /** @param max in bytes */
  constructor(max: number) {
    this.#max = max;
  }

  get length(): number {
    return this.#length;
  }

  /** How many bytes still fit. */
  get room(): number {
    return this.#max - this.#length;
  }

  /** Copies as many as fit. Returns how many. */
  put(bytes: Uint8Array): number {
    const count = Math.min(bytes.length, this.room);
    const memory = this.#atLeast(this.#length + count);
    memory.set(bytes.subarray(0, count), this.#length);
    this.#length += count;
    return count;
  }

  /** What was gathered; the next part begins. */
  take(): Uint8Array {
    const taken = this.#memory?.subarray(0, this.#length) ?? new Uint8Array(0);
    this.clear();
    return taken;
  }

  clear(): void {
    this.#memory = undefined;
    this.#length = 0;
  }

  #atLeast(length: number): Uint8Array<ArrayBuffer> {
    const { length: had = 0 } = this.#memory ?? {};
    if (this.#memory !== undefined && had >= length) return this.#memory;
    const grown = new Uint8Array(Math.min(this.#max, Math.max(length, had * 2, FIRST_BYTES)));
    if (this.#memory !== undefined) grown.set(this.#memory.subarray(0, this.#length));
    this.#memory = grown;
    return grown;
  }
}
