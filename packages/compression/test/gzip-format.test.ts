import * as zlib from "node:zlib";
import { describe, expect, it } from "vitest";
import { crc32 } from "../src/crc32.ts";
import type { Coder, CoderFailure } from "../src/coder.ts";
import { GzipDecoder, gzipFormat } from "../src/gzip-format.ts";
import type { GzipHeader } from "../src/gzip-header.ts";

/** What stands for deflate here: the bytes themselves, up to an exclamation mark. */
function member(text: string, { crc = 0, length = 0, name = "" } = {}): Buffer {
  const header = Buffer.from([0x1f, 0x8b, 8, name === "" ? 0 : 8, 0, 0, 0, 0, 0, 3]);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE((zlib.crc32(text) ^ crc) >>> 0);
  trailer.writeUInt32LE(text.length + length, 4);
  return Buffer.concat([header, Buffer.from(`${name}${name && "\0"}${text}!`), trailer]);
}

/** A decoder over such coders, and what becomes of it. */
function setUp(restarts = false) {
  const log: string[] = [];
  let text = "";
  const headers: GzipHeader[] = [];
  const decoder = new GzipDecoder(
    (push): Coder => {
      log.push("make");
      let isOver = false;
      return {
        write(block, done) {
          // One that has met its end uses nothing more.
          if (isOver) return done(undefined, 0);
          const end = block.indexOf(33);
          isOver = end >= 0;
          const content = block.subarray(0, isOver ? end : undefined);
          if (content.length > 0) push(content);
          done(undefined, isOver ? end + 1 : block.length);
        },
        flush: (block, done) => done(undefined, block.length),
        finish: (done) => done(undefined, 0),
        resume: () => log.push("resume"),
        destroy: () => log.push("destroy"),
        ...(restarts && {
          restart() {
            log.push("restart");
            isOver = false;
          },
        }),
      };
    },
    crc32,
    (chunk) => {
      text += String(Buffer.from(chunk));
      return true;
    },
    (header) => void headers.push(header),
  );
  /** Gives it this in pieces; returns how much it used, and what went wrong. */
  const write = (bytes: Uint8Array, piece: number): [used: number, ended: boolean, string?] => {
    let at = 0;
    let isOver = false;
    let problem: CoderFailure | undefined;
    while (at < bytes.length && !isOver && problem === undefined) {
      decoder.write(bytes.subarray(at, at + piece), (failure, used, ended) => {
        problem = failure;
        at += used;
        isOver = ended;
      });
    }
    return problem === undefined ? [at, isOver] : [at, isOver, problem.message];
  };
  return { decoder, log, headers, write, text: () => text };
}

const PIECES = [1, 2, 5, 8, 1000];

describe("a member", () => {
  it("ends with its trailer, wherever it was cut", () => {
    for (const piece of PIECES) {
      const { write, text, headers } = setUp();
      const bytes = member("some text", { name: "a name" });
      expect(write(Buffer.concat([bytes, bytes]), piece)).toEqual([bytes.length, true]);
      expect([text(), headers]).toEqual(["some text", [{ name: "a name" }]]);
    }
  });

  it.each([
    [{ crc: 1 }, "the CRC-32 differs"],
    [{ crc: 0x8000_0000 }, "the CRC-32 differs"],
    [{ length: 1 }, "incorrect length check"],
    [{ length: 65_536 }, "incorrect length check"],
  ])("whose trailer is wrong by %o is corrupt", (off, message) => {
    for (const piece of PIECES) {
      const { write } = setUp();
      const [, ended, problem] = write(member("some text", off), piece);
      expect([ended, problem]).toEqual([false, expect.stringContaining(message)]);
    }
  });

  it("whose header is wrong is corrupt", () => {
    expect(setUp().write(Buffer.alloc(10), 100)).toEqual([
      0,
      false,
      expect.stringContaining("this is not gzip"),
    ]);
  });

  it("has to be whole at the end", () => {
    const bytes = member("text");
    for (let length = 0; length <= bytes.length; length++) {
      const { decoder, write } = setUp();
      write(bytes.subarray(0, length), 3);
      let problem: CoderFailure | undefined;
      decoder.finish((failure) => (problem = failure));
      expect(problem?.kind).toBe(length < bytes.length ? "truncated" : undefined);
    }
  });
});

describe("further members", () => {
  it.each([
    [true, ["make", "restart", "restart", "destroy"]],
    [false, ["make", "destroy", "make", "destroy", "make", "destroy"]],
  ])("by a coder that can be used again (%s)", (restarts, expected) => {
    const { decoder, write, log, text, headers } = setUp(restarts);
    for (const name of ["", "two", ""]) {
      if (text() !== "") decoder.restart();
      const bytes = member("x", { name });
      expect(write(bytes, 4)).toEqual([bytes.length, true]);
    }
    decoder.destroy();
    expect([log, text(), headers]).toEqual([expected, "xxx", [{}, { name: "two" }, {}]]);
  });
});

it("room for output is passed on", () => {
  const { decoder, log } = setUp();
  decoder.resume();
  expect(log).toEqual(["make", "resume"]);
});

it.each([
  [[], undefined],
  [[0x1f], undefined],
  [[0x1f, 0x8b], true],
  [[0x1f, 0x8b, 0], true],
  [[0x1e], false],
  [[0x1f, 0x8c], false],
  [[0x1e, 0x8b], false],
])("whether %j begins a member: %s", (head, expected) => {
  const format = gzipFormat(() => setUp().decoder);
  expect(format.starts(Uint8Array.from(head))).toBe(expected);
  expect([format.name, format.repeats, format.padding]).toEqual(["gzip", true, true]);
});
