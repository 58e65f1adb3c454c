import { checkLength, cutShort, violation } from "./codec-errors.ts";
import type { Decoder } from "./decoder.ts";

const NEWLINE = 10;

/** Reads lines of UTF-8; each ends with a newline, which is not part of it. */
export class LineDecoder implements Decoder<string> {
  readonly #maxLength: number;
  readonly #text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  /** The start of a line, and its length in bytes. */
  #parts: string[] = [];
  #length = 0;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  *push(chunk: Uint8Array): Generator<string> {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end === -1) break;
      this.#keep(chunk.subarray(start, end), 1, false);
      const line = this.#parts.join("");
      this.#parts = [];
      this.#length = 0;
      yield line;
      start = end + 1;
    }
    // The same bytes again would be counted again: an empty rest begins no line.
    if (start < chunk.length) this.#keep(chunk.subarray(start), 0, true);
  }

  end(): void {
    if (this.#length > 0) throw cutShort("a line");
  }

  /** Decodes at once: text needs no copy of bytes that belong to the source. */
  #keep(part: Uint8Array, newline: number, stream: boolean): void {
    checkLength(this.#length + part.length + newline, this.#maxLength);
    this.#length += part.length;
    try {
      this.#parts.push(this.#text.decode(part, { stream }));
    } catch (error) {
      throw violation("a line is not UTF-8", error);
    }
  }
}
