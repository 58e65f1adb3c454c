import * as zlib from "node:zlib";
import { describe, expect, it } from "vitest";
import { FOLLOWED_MARK, frameHeaderLength, startsZstd, ZstdScanner } from "../src/zstd-scanner.ts";

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
const SKIPPABLE = [0x53, 0x2a, 0x4d, 0x18];

/** The types of blocks (RFC 8878, section 3.1.1.2.2). */
const RAW = 0;
const RLE = 1;
const COMPRESSED = 2;
const RESERVED = 3;

/** A block of so many bytes, as its header counts them. */
function block(type: number, size: number, last: 0 | 1): number[] {
  const header = (size << 3) | (type << 1) | last;
  const content = Array.from({ length: type === RLE ? 1 : size }, () => 7);
  return [header & 255, (header >> 8) & 255, header >> 16, ...content];
}

/** A frame with so many bytes between descriptor and blocks. */
function frame(descriptor: number, fields: number, ...blocks: number[][]): number[] {
  const checksum = (descriptor & 4) === 0 ? [] : [1, 2, 3, 4];
  return [...MAGIC, descriptor, ...Array<number>(fields).fill(9), ...blocks.flat(), ...checksum];
}

/** How many bytes are found to belong to a frame that comes in pieces of so many bytes. */
function lengthOf(scanner: ZstdScanner, bytes: readonly number[], piece: number): number {
  let length = 0;
  while (!scanner.ended && length < bytes.length) {
    const used = scanner.scan(Uint8Array.from(bytes.slice(length, length + piece)));
    if (typeof used !== "number") throw new Error(used.message);
    length += used;
  }
  return length;
}

const PIECES = [1, 2, 3, 5, 1000];

/** What follows a frame and is not of it. */
const MORE = [0, 0, 0, 0, 0, 0, 0, 0];

describe("whether a frame starts", () => {
  it.each([
    ["zstd", MAGIC],
    ["a skippable frame", SKIPPABLE],
    ["the first skippable one", [0x50, ...SKIPPABLE.slice(1)]],
    ["the last skippable one", [0x5f, ...SKIPPABLE.slice(1)]],
  ])("%s: known with its fourth byte, and not before", (_, magic) => {
    for (const length of [0, 1, 2, 3]) {
      expect(startsZstd(Uint8Array.from(magic.slice(0, length)))).toBeUndefined();
    }
    expect(startsZstd(Uint8Array.from(magic))).toBe(true);
  });

  it.each([
    ["zstd", MAGIC],
    ["a skippable frame", SKIPPABLE],
  ])("%s: not with any other byte", (_, magic) => {
    for (const [index, byte] of magic.entries()) {
      const other = magic.with(index, byte ^ 0x80);
      for (const length of [index + 1, 4]) {
        expect(startsZstd(Uint8Array.from(other.slice(0, length)))).toBe(false);
      }
    }
  });
});

describe("the end of a frame", () => {
  const ONE_SEGMENT = 32;
  const headers = [0, 1, 2, 3].flatMap((content) =>
    [0, ONE_SEGMENT].flatMap((segment) =>
      [0, 1, 2, 3].map((dictionary) => {
        const contentBytes = [segment === 0 ? 0 : 1, 2, 4, 8][content] ?? 0;
        const fields = (segment === 0 ? 1 : 0) + ([0, 1, 2, 4][dictionary] ?? 0) + contentBytes;
        return [(content << 6) | segment | dictionary, fields] as const;
      }),
    ),
  );

  it.each(headers)("with the descriptor %i and %i bytes of fields", (descriptor, fields) => {
    const bytes = frame(descriptor, fields, block(RAW, 3, 1));
    expect(frameHeaderLength(Uint8Array.from(bytes))).toBe(5 + fields);
    for (const piece of PIECES) {
      expect(lengthOf(new ZstdScanner(), [...bytes, ...MORE], piece)).toBe(bytes.length);
    }
  });

  it.each([
    ["raw", frame(0, 1, block(RAW, 300, 1))],
    ["of one byte again and again", frame(0, 1, block(RLE, 70_000, 1))],
    ["compressed", frame(0, 1, block(COMPRESSED, 66_000, 1))],
    ["empty", frame(0, 1, block(RAW, 0, 1))],
    ["with a checksum behind", frame(4, 1, block(RAW, 0, 1))],
    ["several", frame(4, 1, block(RAW, 2, 0), block(RLE, 9, 0), block(COMPRESSED, 5, 1))],
    ["one after an empty one", frame(0, 1, block(RAW, 0, 0), block(RAW, 1, 1))],
  ])("whose blocks are %s", (_, bytes) => {
    for (const piece of PIECES) {
      const scanner = new ZstdScanner();
      expect(lengthOf(scanner, [...bytes, ...MORE], piece)).toBe(bytes.length);
      expect([scanner.ended, scanner.isData]).toEqual([true, true]);
    }
  });

  it("that is to be skipped, as long as it says in four bytes", () => {
    for (const size of [0, 5, 66_000]) {
      const content = Array.from({ length: size }, () => 0);
      const bytes = [...SKIPPABLE, size & 255, (size >> 8) & 255, size >> 16, 0, ...content];
      const scanner = new ZstdScanner();
      expect(lengthOf(scanner, [...bytes, ...MORE], 1000)).toBe(bytes.length);
      expect([scanner.ended, scanner.isData]).toEqual([true, false]);
    }
    // 2 GiB and more are no negative number.
    const scanner = new ZstdScanner();
    expect(scanner.scan(Uint8Array.from([...SKIPPABLE, 0, 0, 0, 0xff, 1, 2]))).toBe(10);
    expect(scanner.ended).toBe(false);
  });

  it("of what zlib makes", () => {
    const { ZSTD_c_checksumFlag, ZSTD_c_contentSizeFlag } = zlib.constants;
    for (const text of ["", "text", "x".repeat(500_000)]) {
      for (const params of [{ [ZSTD_c_checksumFlag]: 1 }, { [ZSTD_c_contentSizeFlag]: 0 }]) {
        const bytes = [...zlib.zstdCompressSync(text, { params })];
        expect(lengthOf(new ZstdScanner(), [...bytes, ...MORE], 7)).toBe(bytes.length);
      }
    }
  });

  it("is found again after a restart, whatever the frame before had", () => {
    const scanner = new ZstdScanner();
    const first = frame(4, 1, block(RAW, 3, 1));
    lengthOf(scanner, first, 2);
    scanner.restart();
    expect([scanner.ended, scanner.isData]).toEqual([false, undefined]);
    const second = frame(0, 1, block(RAW, 3, 1));
    expect(lengthOf(scanner, [...second, ...MORE], 2)).toBe(second.length);
  });
});

describe("what is not zstd", () => {
  it.each([
    ["this is not zstd", [1, 2, 3, 4], 0],
    ["this is not zstd", [0x28, 0xb5, 0x2f, 0xfe, 0], 0],
    ["this is not zstd", [0x60, 0x2a, 0x4d, 0x18], 0],
    ["this is not zstd", [0x53, 0x2b, 0x4d, 0x18], 0],
    ["reserved type of block", frame(0, 1, block(RESERVED, 0, 1)), 6],
    ["reserved type of block", frame(0, 1, block(RAW, 4, 0), block(RESERVED, 0, 0)), 13],
  ])("%s", (message, bytes, at) => {
    expect(new ZstdScanner().scan(Uint8Array.from(bytes))).toEqual({ message, at });
  });
});

describe("whether another frame has to follow", () => {
  const mark = [...FOLLOWED_MARK];

  it.each([
    ["two empty blocks first", true, frame(0, 1, mark, block(RAW, 3, 1))],
    ["three empty blocks first", true, frame(0, 1, mark, block(RAW, 0, 0), block(RAW, 3, 1))],
    ["one empty block first", false, frame(0, 1, block(RAW, 0, 0), block(RAW, 3, 1))],
    ["none", false, frame(0, 1, block(RAW, 3, 1))],
    ["two later ones", false, frame(0, 1, block(RAW, 3, 0), mark, block(RAW, 3, 1))],
    [
      "one, and one later",
      false,
      frame(0, 1, block(RAW, 0, 0), block(RAW, 1, 0), block(RAW, 0, 0), block(RAW, 0, 1)),
    ],
    ["one, and one of another type", false, frame(0, 1, block(RAW, 0, 0), block(RLE, 0, 1))],
  ])("%s: %s", (_, isFollowed, bytes) => {
    for (const piece of PIECES) {
      const scanner = new ZstdScanner();
      lengthOf(scanner, bytes, piece);
      expect([scanner.ended, scanner.isFollowed]).toEqual([true, isFollowed]);
    }
  });

  it("is for the next frame with data to say anew", () => {
    const scanner = new ZstdScanner();
    lengthOf(scanner, frame(0, 1, mark, block(RAW, 3, 1)), 100);
    scanner.restart();
    lengthOf(scanner, [...SKIPPABLE, 0, 0, 0, 0], 100);
    expect(scanner.isFollowed).toBe(true);
    scanner.restart();
    lengthOf(scanner, frame(0, 1, block(RAW, 3, 1)), 100);
    expect(scanner.isFollowed).toBe(false);
  });
});
