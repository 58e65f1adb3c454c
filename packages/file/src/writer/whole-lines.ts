const NEWLINE = 10;

const SMALLEST_ROOM = 1024;
const NONE = new Uint8Array(0);

/**
 * Cuts what is written at line ends, so that one system call takes whole lines only and the lines
 * of several processes don't mix. The start of a line waits here for its rest.
 */
export class WholeLines {
  readonly #longest: number;
  #kept: Uint8Array = NONE;
  #length = 0;

  /** @param longest the max length of a line that is kept whole, in bytes */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /** How many bytes wait here for the rest of their line. */
  get length(): number {
    return this.#length;
  }

  /** What can be written now: what was kept and `bytes`, up to the last newline. */
  take(bytes: Uint8Array): readonly Uint8Array[] {
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    // A piece of a line that is too long to be kept goes on as it is.
    if (end === 0 && this.#length + bytes.length > this.#longest) return this.rest(bytes);
    const whole = end === 0 ? [] : this.rest(bytes.subarray(0, end));
    if (end < bytes.length) this.#keep(bytes.subarray(end));
    return whole;
  }

  /** All that is left, `bytes` too, whether the line is finished or not. */
  rest(bytes: Uint8Array = NONE): readonly Uint8Array[] {
    const kept = this.#kept.subarray(0, this.#length);
    // Not used again: the system may read it for a while.
    this.forget();
    return [kept, bytes].filter(({ length }) => length > 0);
  }

  /** Releases what is kept. */
  forget(): void {
    this.#kept = NONE;
    this.#length = 0;
  }

  /** Copies: the bytes are the caller's, or of a slab that is used again. */
  #keep(bytes: Uint8Array): void {
    const end = this.#length + bytes.length;
    if (end > this.#kept.length) {
      const larger = new Uint8Array(Math.max(SMALLEST_ROOM, 2 * this.#kept.length, end));
      larger.set(this.#kept.subarray(0, this.#length));
      this.#kept = larger;
    }
    this.#kept.set(bytes, this.#length);
    this.#length = end;
  }
}
