import type { CoderFailure, Crc32 } from "./coder.ts";
import { FCOMMENT, FIXED_LENGTH, FNAME, type GzipHeader } from "./gzip-header.ts";

const FHCRC = 2;
const FEXTRA = 4;
const RESERVED = 0xe0;

/** Names and comments are kept up to this length; the format sets no bound. */
const MOST_TEXT = 4096;

type Field = "fixed" | "extra-length" | "extra" | "name" | "comment" | "crc" | "done";

/** Reads a header that comes in pieces. */
export class GzipHeaderParser {
  readonly header: GzipHeader = {};
  #field: Field = "fixed";
  #flags = 0;
  #bytes: number[] = [];
  #skip = 0;
  readonly #crc32: Crc32;
  /** Of all bytes before the header's own checksum. */
  #crc = 0;

  constructor(crc32: Crc32) {
    this.#crc32 = crc32;
  }

  get done(): boolean {
    return this.#field === "done";
  }

  /** Reads up to the end of the header; returns how many bytes that took, or what is wrong. */
  read(block: Uint8Array): number | CoderFailure {
    const covered = this.#readFields(block, 0, false);
    if (typeof covered !== "number") return covered;
    this.#crc = this.#crc32(block.subarray(0, covered), this.#crc);
    return this.#readFields(block, covered, true);
  }

  /** Reads on from `at`: the fields before the header's own checksum, or that. */
  #readFields(block: Uint8Array, from: number, checksum: boolean): number | CoderFailure {
    let at = from;
    while (at < block.length && !this.done && (this.#field === "crc") === checksum) {
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
        if (bytes.length < 2) return;
        if (((bytes[0] as number) | (value << 8)) !== (this.#crc & 0xffff)) {
          return "incorrect header check: its checksum differs";
        }
        this.#next("crc");
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
