import { byteLength } from "../descriptor/byte-length.ts";
import { skip } from "../descriptor/skip.ts";

const NEWLINE = 10;
const LINE_END: Uint8Array = Uint8Array.of(NEWLINE);

/** The max size of what one write of the system is given, in bytes, unless one line is longer. */
const PIECE = 256 * 1024;

/** How far a line that has begun may exceed the limit, in bytes; a longer one is cut off. */
const LONGEST_REST = 1024 * 1024;

/**
 * Lines that wait for a file that can't be written, up to a limit. What comes beyond it is lost, in
 * whole lines, and counted.
 */
export class Backlog {
  maxBytes: number;
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #lost = 0;
  /** Whether the start of the current line waits or was written: then its end is kept too. */
  #hasBegun = false;
  /** Whether the start of the current line was lost: then its end is, too. */
  #isLosing = false;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** Whether `length` bytes more are within the limit. */
  hasRoom(length: number): boolean {
    return this.#bytes + length <= this.maxBytes;
  }

  /** Takes what a write has left. It comes before everything else, and is not bounded: it was accepted. */
  unshift(bufs: readonly Uint8Array[]): void {
    const rest = bufs.filter(({ length }) => length > 0).map((buf) => Uint8Array.from(buf));
    if (rest.length === 0) return;
    if (this.isEmpty) this.#hasBegun = rest.at(-1)?.at(-1) !== NEWLINE;
    this.#pieces = [...rest, ...this.#pieces];
    this.#bytes += byteLength(rest);
  }

  /** Copies `bytes`, as many lines as there is room for. */
  push(bytes: Uint8Array): void {
    if (this.#isLosing) bytes = this.#lose(bytes, lineOf(bytes));
    const room = this.maxBytes - this.#bytes;
    if (bytes.length <= room) {
      this.#keep(bytes);
      return;
    }
    const begun = this.#hasBegun ? lineOf(bytes) : 0;
    if (begun > room + LONGEST_REST) {
      this.#keep(LINE_END);
      this.#lose(bytes, bytes.length);
      return;
    }
    const whole = room > 0 ? bytes.subarray(0, room).lastIndexOf(NEWLINE) + 1 : 0;
    const kept = Math.max(whole, begun);
    this.#keep(bytes.subarray(0, kept));
    this.#lose(bytes.subarray(kept), bytes.length - kept);
  }

  /** What is to be written next. */
  peek(): Uint8Array {
    let count = 0;
    let length = 0;
    for (const piece of this.#pieces) {
      if (count > 0 && length + piece.length > PIECE) break;
      length += piece.length;
      count++;
    }
    return Buffer.concat(this.#pieces.slice(0, count), length);
  }

  /** The first `count` bytes are written. */
  shift(count: number): void {
    this.#pieces = [...skip(this.#pieces, count)];
    this.#bytes -= count;
  }

  /** Loses all that waits. */
  clear(): void {
    for (const piece of this.#pieces) this.#lose(piece, piece.length);
    // The last line has no end yet, and nobody will see its rest.
    if (this.#isLosing) this.#lost++;
    this.#pieces = [];
    this.#bytes = 0;
    this.#isLosing = this.#hasBegun = false;
  }

  /** How many lines were lost since the last call. */
  takeLost(): number {
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#hasBegun = bytes.at(-1) !== NEWLINE;
    this.#pieces.push(Uint8Array.from(bytes));
    this.#bytes += bytes.length;
  }

  /** Loses the first `end` bytes, and returns the others. */
  #lose(bytes: Uint8Array, end: number): Uint8Array {
    for (let index = 0; index < end; index++) if (bytes[index] === NEWLINE) this.#lost++;
    if (end > 0) this.#isLosing = bytes[end - 1] !== NEWLINE;
    return bytes.subarray(end);
  }
}

/** The length of the first line, its end included; of all if there is no end. */
function lineOf(bytes: Uint8Array): number {
  return bytes.indexOf(NEWLINE) + 1 || bytes.length;
}
