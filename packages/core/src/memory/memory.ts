import { InstantEngine } from "../engine/instant-engine.ts";
import { checkOptions } from "../options/check-options.ts";
import { COUNT, type Schema } from "../options/rules.ts";
import { allocate } from "../task/platform.ts";
import { Writer } from "../writer/writer.ts";

/** The bound of what {@link memory} collects. */
export interface MemoryOptions {
  /** The max bytes it collects, after which it answers 0. Default: no limit. */
  maxBytes?: number | undefined;
}

const OPTIONS: Schema<MemoryOptions> = { maxBytes: COUNT };

const FIRST_SIZE = 256;

/**
 * Collects everything that is written. The one writer that grows with what it is given: bound it
 * with `maxBytes` where the input is not yours.
 *
 * ```ts
 * import { memory } from "@aw/core";
 *
 * const target = memory({ maxBytes: 1024 });
 * await target.writeAll("hello");
 * console.log(target.text(), target.length); // hello 5
 * ```
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if maxBytes is not a count of bytes
 */
export function memory(options: MemoryOptions = {}): MemoryWriter {
  checkOptions("memory", options, OPTIONS);
  const { maxBytes = Number.POSITIVE_INFINITY } = options;
  return new MemoryWriter(new Store(maxBytes));
}

/** The writer of {@link memory}. */
export class MemoryWriter extends Writer {
  readonly #store: Store;

  constructor(store: Store) {
    super(store);
    this.#store = store;
  }

  /** How many bytes have been collected. */
  get length(): number {
    return this.#store.length;
  }

  /** A copy of what was collected so far, also after close, failure or abort. */
  bytes(): Uint8Array {
    return new Uint8Array(this.#store.view());
  }

  /** What was collected so far, decoded as UTF-8. */
  text(): string {
    return new TextDecoder().decode(this.#store.view());
  }
}

/** Memory that grows with what is put into it. */
class Store extends InstantEngine {
  length = 0;
  readonly #maxBytes: number;
  #memory: Uint8Array = new Uint8Array(0);

  constructor(maxBytes: number) {
    super();
    this.#maxBytes = maxBytes;
  }

  view(): Uint8Array {
    return this.#memory.subarray(0, this.length);
  }

  protected override take(buf: Uint8Array): number {
    const taken = Math.min(buf.length, this.#maxBytes - this.length);
    this.#reserve(this.length + taken);
    this.#memory.set(taken === buf.length ? buf : buf.subarray(0, taken), this.length);
    this.length += taken;
    return taken;
  }

  override toString(): string {
    return "memory";
  }

  #reserve(size: number): void {
    if (size <= this.#memory.length) return;
    const grown = allocate(Math.max(size, this.#memory.length * 2, FIRST_SIZE));
    grown.set(this.view());
    this.#memory = grown;
  }
}
