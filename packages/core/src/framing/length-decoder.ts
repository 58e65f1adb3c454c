import { checkLength, cutShort } from "./codec-errors.ts";
import type { Decoder } from "./decoder.ts";

/** Reads messages after their length. */
export class LengthDecoder implements Decoder<Uint8Array> {
  readonly #maxLength: number;
  readonly #littleEndian: boolean;
  readonly #head: Uint8Array;
  #headFilled = 0;
  #message: Uint8Array | undefined;
  #filled = 0;

  constructor(lengthBytes: number, maxLength: number, littleEndian: boolean) {
    this.#head = new Uint8Array(lengthBytes);
    this.#maxLength = maxLength;
    this.#littleEndian = littleEndian;
  }

  *push(chunk: Uint8Array): Generator<Uint8Array> {
    let at = 0;
    for (;;) {
      if (this.#message === undefined) {
        at += this.#fillHead(chunk, at);
        if (this.#headFilled < this.#head.length) return;
        const length = this.#length();
        checkLength(length, this.#maxLength);
        this.#message = new Uint8Array(length);
        this.#headFilled = this.#filled = 0;
      }
      const part = chunk.subarray(at, at + this.#message.length - this.#filled);
      this.#message.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled < this.#message.length) return;
      const message = this.#message;
      this.#message = undefined;
      yield message;
    }
  }

  end(): void {
    if (this.#message !== undefined || this.#headFilled > 0) throw cutShort("a message");
  }

  #fillHead(chunk: Uint8Array, at: number): number {
    const part = chunk.subarray(at, at + this.#head.length - this.#headFilled);
    this.#head.set(part, this.#headFilled);
    this.#headFilled += part.length;
    return part.length;
  }

  #length(): number {
    const digits = this.#littleEndian ? this.#head.toReversed() : this.#head;
    return digits.reduce((length, digit) => length * 256 + digit, 0);
  }
}
