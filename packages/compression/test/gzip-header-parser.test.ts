import * as zlib from "node:zlib";
import { describe, expect, it } from "vitest";
import { crc32 } from "../src/crc32.ts";
import { GzipHeaderParser } from "../src/gzip-header-parser.ts";
import type { GzipHeader } from "../src/gzip-header.ts";

const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;

/** A header with the fields of these flags (RFC 1952, section 2.3). */
function headerOf(flags: number, { extra = 3, seconds = 0, off = 0 } = {}): Buffer {
  const fixed = Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3]);
  fixed.writeUInt32LE(seconds, 4);
  const parts: Uint8Array[] = [fixed];
  if ((flags & FEXTRA) !== 0) {
    parts.push(Uint8Array.of(extra & 255, extra >> 8), new Uint8Array(extra).fill(9));
  }
  if ((flags & FNAME) !== 0) parts.push(Buffer.from("a name\0"));
  if ((flags & FCOMMENT) !== 0) parts.push(Buffer.from("a comment\0"));
  const checksum = Buffer.alloc(2);
  checksum.writeUInt16LE((zlib.crc32(Buffer.concat(parts)) + off) & 0xffff);
  if ((flags & FHCRC) !== 0) parts.push(checksum);
  return Buffer.concat(parts);
}

/** What is read of it in pieces of so many bytes, how long it was found to be, or what is wrong, and where. */
function read(bytes: Uint8Array, piece: number): [GzipHeader | undefined, length: number, string?] {
  const parser = new GzipHeaderParser(crc32);
  for (let at = 0; at < bytes.length;) {
    const used = parser.read(bytes.subarray(at, at + piece));
    if (typeof used !== "number") return [undefined, at + (used.at ?? 0), used.message];
    at += used;
    if (parser.done) return [parser.header, at];
  }
  return [undefined, bytes.length];
}

const PIECES = [1, 2, 3, 7, 100_000];

/** What follows a header. */
const BODY = Buffer.from([1, 2, 3, 4]);

const FLAGS = Array.from({ length: 16 }, (_, index) => index * 2);

describe("a header", () => {
  it.each(FLAGS)("with the flags %i is read to its end", (flags) => {
    const header = headerOf(flags);
    const expected = {
      ...((flags & FNAME) !== 0 && { name: "a name" }),
      ...((flags & FCOMMENT) !== 0 && { comment: "a comment" }),
    };
    for (const piece of PIECES) {
      expect(read(Buffer.concat([header, BODY]), piece)).toEqual([expected, header.length]);
      expect(read(header.subarray(0, -1), piece)).toEqual([undefined, header.length - 1]);
    }
  });

  it.each([0, 1, 255, 256, 65_535])("may have %i bytes of something else", (extra) => {
    const header = headerOf(FEXTRA | FNAME, { extra });
    for (const piece of PIECES) {
      const found = read(Buffer.concat([header, BODY]), piece);
      expect(found).toEqual([{ name: "a name" }, header.length]);
    }
  });

  it("says when the file was modified, unless that is 0", () => {
    expect(read(headerOf(0, { seconds: 1 }), 100)[0]).toEqual({ mtime: new Date(1000) });
    const last = read(headerOf(0, { seconds: 0xffff_ffff }), 3)[0];
    expect(last).toEqual({ mtime: new Date(0xffff_ffff * 1000) });
    expect(read(headerOf(0), 100)[0]).toEqual({});
  });

  it.each([
    [0, 0x1e, "this is not gzip"],
    [1, 0x8c, "this is not gzip"],
    [2, 9, "unknown compression method"],
    [3, 0x20, "unknown header flags set"],
    [3, 0x40, "unknown header flags set"],
    [3, 0x80, "unknown header flags set"],
  ])("whose byte %i is %i is none", (at, value, message) => {
    const header = headerOf(0);
    header[at] = value;
    for (const piece of PIECES) {
      const [found, where, why] = read(header, piece);
      expect([found, where, why]).toEqual([undefined, at, expect.stringContaining(message)]);
    }
  });

  it.each([1, 255, 256])("whose checksum is off by %i is none", (off) => {
    const header = headerOf(FHCRC | FNAME, { off });
    for (const piece of PIECES) {
      const [found, where, why] = read(Buffer.concat([header, BODY]), piece);
      expect([found, where]).toEqual([undefined, header.length - 1]);
      expect(why).toContain("its checksum differs");
    }
  });
});
