import { allocate, bufferOver } from "../task/platform.ts";

const encoder = new TextEncoder();

/** A piece of memory that is used over and over to gather bytes in. */
export class Slab {
  /** A plain Uint8Array: `slice` of Node's Buffer would give a view where people expect a copy. */
  readonly bytes: Uint8Array;
  /** The view that was asked for last: small messages are often of one size. */
  #view: Uint8Array;
  /** Node's Buffer over the same memory: it encodes text at an offset without a new view. */
  readonly #buffer: ReturnType<typeof bufferOver>;

  constructor(size: number) {
    this.bytes = allocate(size);
    this.#buffer = bufferOver(this.bytes);
    this.#view = this.bytes;
  }

  /** The bytes from `start` to `end`, where they are. */
  view(start: number, end: number): Uint8Array {
    const last = this.#view;
    const isSame = last.length === end - start && last.byteOffset === this.bytes.byteOffset + start;
    return isSame ? last : (this.#view = this.bytes.subarray(start, end));
  }

  /** Encodes `text` as UTF-8 at `offset` and returns the count of bytes. There must be room. */
  writeText(text: string, offset: number): number {
    return this.#buffer === undefined
      ? encoder.encodeInto(text, this.bytes.subarray(offset)).written
      : this.#buffer.write(text, offset);
  }
}
