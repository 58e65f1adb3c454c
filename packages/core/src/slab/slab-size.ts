import type { Staging } from "./staging.ts";

/** What the first slab of a quiet writer takes unless it asks for more, in bytes. */
const SMALLEST = 4096;

/** How much larger the next slab is when one was filled, and smaller when it was hardly used. */
const GROWTH = 4;

/** How large the next slab of a writer is: small for small traffic, large under load. */
export class SlabSize {
  /** No slab takes more bytes. */
  readonly max: number;
  readonly #min: number;
  #size: number;

  constructor(max: number, min: number = SMALLEST) {
    this.max = max;
    this.#size = this.#min = Math.min(min, max);
  }

  /** Whether it has learned nothing, or forgotten it. */
  get isSmallest(): boolean {
    return this.#size === this.#min;
  }

  /** The size of a slab that begins with a write of `bytes` bytes. */
  for(bytes: number): number {
    return Math.min(Math.max(this.#size, bytes), this.max);
  }

  /** Learns from a slab that leaves. */
  adapt(slab: Staging): void {
    if (slab.room === 0) this.#size = Math.min(this.#size * GROWTH, this.max);
    else if (slab.length < this.#size / (2 * GROWTH)) {
      this.#size = Math.max(this.#size / GROWTH, this.#min);
    }
  }
}
