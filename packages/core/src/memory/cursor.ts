import { InstantWriter } from "../engine/instant-writer.ts";
import { isBytes, notBytes } from "../slab/bytes.ts";

/**
 * Writes into the memory you give, from its start. When that is full it answers 0, which
 * `writeAll` turns into `ERR_AW_WRITE_ZERO`; what fitted stays.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if `target` is not a Uint8Array
 */
export function cursor(target: Uint8Array): CursorWriter {
  if (!isBytes(target)) throw notBytes(target, "a Uint8Array");
  return new CursorWriter(target);
}

export class CursorWriter extends InstantWriter {
  readonly #target: Uint8Array;
  #position = 0;

  constructor(target: Uint8Array) {
    super();
    this.#target = target;
  }

  /** How many bytes have been written. */
  get position(): number {
    return this.#position;
  }

  override toString(): string {
    return `cursor(${this.#position}/${this.#target.length})`;
  }

  protected override take(buf: Uint8Array): number {
    const room = this.#target.length - this.#position;
    const taken = Math.min(room, buf.length);
    this.#target.set(taken === buf.length ? buf : buf.subarray(0, taken), this.#position);
    this.#position += taken;
    return taken;
  }
}
