import { InstantWriter } from "../engine/instant-writer.ts";
import { checkOptions } from "../options/check-options.ts";
import { COUNT, type Schema } from "../options/rules.ts";
import { allocate } from "../task/platform.ts";

export interface MemoryOptions {
  /** The most bytes it collects, after which it answers 0. Default: no limit. */
  maxBytes?: number | undefined;
}

const OPTIONS: Schema<MemoryOptions> = { maxBytes: COUNT };

const FIRST_SIZE = 256;

/**
 * Collects everything that is written. The one writer that grows with what it is given: bound it
 * with `maxBytes` where the input is not yours.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if maxBytes is not a count of bytes
 */
export function memory(options: MemoryOptions = {}): MemoryWriter {
  checkOptions("memory", options, OPTIONS);
  const { maxBytes = Number.POSITIVE_INFINITY } = options;
  return new MemoryWriter(maxBytes);
}

export class MemoryWriter extends InstantWriter {
  readonly #maxBytes: number;
  #store: Uint8Array = new Uint8Array(0);
  #length = 0;

  constructor(maxBytes: number) {
    super();
    this.#maxBytes = maxBytes;
  }

  /** How many bytes have been collected. */
  get length(): number {
    return this.#length;
  }

  /** A copy of what was collected so far, also after close, failure or abort. */
  bytes(): Uint8Array {
    return new Uint8Array(this.#store.subarray(0, this.#length));
  }

  /** What was collected so far, decoded as UTF-8. */
  text(): string {
    return new TextDecoder().decode(this.#store.subarray(0, this.#length));
  }

  override toString(): string {
    return "memory";
  }

  protected override take(buf: Uint8Array): number {
    const taken = Math.min(buf.length, this.#maxBytes - this.#length);
    this.#reserve(this.#length + taken);
    this.#store.set(taken === buf.length ? buf : buf.subarray(0, taken), this.#length);
    this.#length += taken;
    return taken;
  }

  #reserve(size: number): void {
    if (size <= this.#store.length) return;
    const grown = allocate(Math.max(size, this.#store.length * 2, FIRST_SIZE));
    grown.set(this.#store.subarray(0, this.#length));
    this.#store = grown;
  }
}
