import type { CoderFailure } from "./coder.ts";
import { checkInteger, invalid } from "./options.ts";

/** What a gzip member says about itself (RFC 1952, section 2.3). */
export interface GzipHeader {
  /** The name of the original file. */
  name?: string | undefined;
  /** When that was last modified. Seconds count; undefined stands for not known. */
  mtime?: Date | undefined;
  comment?: string | undefined;
}

const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;
const RESERVED = 0xe0;
const FIXED_LENGTH = 10;
const UNKNOWN_SYSTEM = 255;

/** Names and comments are kept up to this length; the format sets no bound. */
const MOST_TEXT = 4096;

/** The header as bytes. `level` is for its hint about speed. */
export function encodeGzipHeader(header: GzipHeader, level: number): Uint8Array {
  const { name, comment, mtime } = header;
  const seconds = mtime === undefined ? 0 : Math.floor(mtime.getTime() / 1000);
  checkInteger("gzip mtime, in seconds,", seconds, 0, 0xffff_ffff);
  const texts = [...latin1("name", name), ...latin1("comment", comment)];
  const bytes = new Uint8Array(FIXED_LENGTH + texts.length);
  const flags = (name === undefined ? 0 : FNAME) | (comment === undefined ? 0 : FCOMMENT);
  bytes.set([0x1f, 0x8b, 8, flags]);
  new DataView(bytes.buffer).setUint32(4, seconds, true);
  bytes[8] = level === 9 ? 2 : level === 1 ? 4 : 0;
  bytes[9] = UNKNOWN_SYSTEM;
  bytes.set(texts, FIXED_LENGTH);
  return bytes;
}

/** ISO 8859-1 with a zero byte at the end, which is what the format has. */
function latin1(what: string, text: string | undefined): number[] {
  if (text === undefined) return [];
  const codes = Array.from(text, (character) => character.codePointAt(0) as number);
  if (codes.some((code) => code === 0 || code > 255)) {
    throw invalid(`gzip ${what} must consist of ISO 8859-1 characters other than NUL`);
  }
  return [...codes, 0];
}

type Field = "fixed" | "extra-length" | "extra" | "name" | "comment" | "crc" | "done";

/** Reads a header that comes in pieces. */
export class GzipHeaderParser {
  readonly header: GzipHeader = {};
  #field: Field = "fixed";
  #flags = 0;
  #bytes: number[] = [];
  #skip = 0;

  get done(): boolean {
    return this.#field === "done";
  }

  /** Reads up to the end of the header; returns how many bytes that took, or what is wrong. */
  read(block: Uint8Array): number | CoderFailure {
    let at = 0;
    while (at < block.length && !this.done) {
      const message = this.#take(block[at] as number);
      if (message !== undefined) return { kind: "corrupt", message, at };
      at++;
    }
    return at;
  }

  #take(value: number): string | undefined {
    const bytes = this.#bytes;
    if (this.#field === "extra") {
      if (--this.#skip === 0) this.#next("extra");
      return;
    }
    if (bytes.length < MOST_TEXT) bytes.push(value);
    switch (this.#field) {
      case "fixed":
        return this.#takeFixed(value);
      case "extra-length":
        if (bytes.length === 2) {
          this.#skip = (bytes[0] as number) | (value << 8);
          if (this.#skip > 0) this.#field = "extra";
          else this.#next("extra");
        }
        return;
      case "name":
      case "comment":
        if (value === 0) {
          this.header[this.#field] = String.fromCharCode(...bytes.filter((code) => code !== 0));
          this.#next(this.#field);
        }
        return;
      case "crc":
        if (bytes.length === 2) this.#next("crc");
        return;
      case "done":
    }
  }

  #takeFixed(value: number): string | undefined {
    const bytes = this.#bytes;
    switch (bytes.length) {
      case 1:
        return value === 0x1f ? undefined : "incorrect header check: this is not gzip";
      case 2:
        return value === 0x8b ? undefined : "incorrect header check: this is not gzip";
      case 3:
        return value === 8 ? undefined : "unknown compression method";
      case 4:
        this.#flags = value;
        return value & RESERVED ? "unknown header flags set" : undefined;
      case FIXED_LENGTH: {
        const seconds = new DataView(Uint8Array.from(bytes).buffer).getUint32(4, true);
        if (seconds > 0) this.header.mtime = new Date(seconds * 1000);
        this.#next("fixed");
      }
    }
  }

  /** Goes on to the field after `field`, among those that the flags name. */
  #next(field: Field): void {
    const flags = this.#flags;
    const order: readonly [Field, boolean][] = [
      ["fixed", true],
      ["extra-length", (flags & FEXTRA) !== 0],
      ["extra", false],
      ["name", (flags & FNAME) !== 0],
      ["comment", (flags & FCOMMENT) !== 0],
      ["crc", (flags & FHCRC) !== 0],
      ["done", true],
    ];
    const from = order.findIndex(([name]) => name === field) + 1;
    this.#field = (order.slice(from).find(([, present]) => present) as [Field, boolean])[0];
    this.#bytes = [];
  }
}
