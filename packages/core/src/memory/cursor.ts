import { InstantEngine } from "../engine/instant-engine.ts";
import { isBytes, notBytes } from "../slab/bytes.ts";
import { Writer } from "../writer/writer.ts";

/**
 * Writes into the memory you give, from its start. When that is full it answers 0, which
 * `writeAll` turns into `ERR_AW_WRITE_ZERO`; what fitted stays.
 *
 * ```ts
 * import { cursor } from "@aw/core";
 *
 * const out = cursor(new Uint8Array(4));
 * console.log(await out.write(new TextEncoder().encode("hello")), out.position); // 4 4
 * ```
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if `target` is not a Uint8Array
 */
export function cursor(target: Uint8Array): CursorWriter {
  if (!isBytes(target)) throw notBytes(target, "a Uint8Array");
  return new CursorWriter(new CursorMemory(target));
}

/** The writer of {@link cursor}. */
export class CursorWriter extends Writer {
  readonly #memory: CursorMemory;

  constructor(memory: CursorMemory) {
    super(memory);
    this.#memory = memory;
  }

  /** How many bytes have been written. */
  get position(): number {
    return this.#memory.position;
  }
}

class CursorMemory extends InstantEngine {
  position = 0;
  readonly #target: Uint8Array;

  constructor(target: Uint8Array) {
    super();
    this.#target = target;
  }

  protected override take(buf: Uint8Array): number {
    const taken = Math.min(this.#target.length - this.position, buf.length);
    this.#target.set(taken === buf.length ? buf : buf.subarray(0, taken), this.position);
    this.position += taken;
    return taken;
  }

  override toString(): string {
    return `cursor(${this.position}/${this.#target.length})`;
  }
}
