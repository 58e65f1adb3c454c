import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it } from "vitest";
import { asyncIo, syncIo, syncNow, writeOnce, type Io } from "../../src/descriptor/io.ts";

const folder = temporaryFolder();
const path = () => folder.at("out");
const bytes = (...texts: string[]) => texts.map((text) => Buffer.from(text));

/** What a call answers: its error, and how much was written. */
const written = (io: Io, fd: number, texts: string[], position: number | null) =>
  new Promise((resolve) => {
    io.write(fd, bytes(...texts), position, (error, count) => resolve([error, count]));
  });
const answer = (begin: (done: (error?: unknown) => void) => void) => new Promise(begin);

describe.each([
  ["in the thread pool", asyncIo],
  ["synchronously", syncIo],
])("%s", (_, io) => {
  it.each<[string[], number | null, string]>([
    [["abc"], null, "abc3456789"],
    [["abc"], 4, "0123abc789"],
    [["a", "bc"], null, "abc3456789"],
    // In one call: others must not come in between.
    [["a", "", "bc"], 4, "0123abc789"],
  ])("%j at %s", async (texts, position, expected) => {
    writeFileSync(path(), "0123456789");
    const fd = openSync(path(), "r+");
    expect(await written(io, fd, texts, position)).toEqual([null, 3]);
    expect(readFileSync(path(), "utf8")).toBe(expected);
    for (const durability of ["data", "full"] as const) {
      expect(await answer((done) => io.sync(fd, durability, done))).toBeOneOf([undefined, null]);
    }
    expect(await answer((done) => io.close(fd, done))).toBeOneOf([undefined, null]);
    expect(() => fstatSync(fd)).toThrow(expect.objectContaining({ code: "EBADF" }));
  });

  it("says why it can't", async () => {
    const fd = openSync(path(), "w");
    closeSync(fd);
    const closed = expect.objectContaining({ code: "EBADF" }) as Error;
    expect(await written(io, fd, ["text"], null)).toEqual([
      closed,
      expect.toBeOneOf([0, undefined]),
    ]);
    expect(await answer((done) => io.sync(fd, "data", done))).toEqual(closed);
    expect(await answer((done) => io.close(fd, done))).toEqual(closed);
  });
});

it.each([
  [["one"], null],
  [["one", "two"], null],
  [["one", "two"], 0],
])("%j at %s is one call, and all of it", (texts, position) => {
  const fd = openSync(path(), "w");
  expect(writeOnce(fd, bytes(...texts), position)).toBe(texts.join("").length);
  expect(readFileSync(path(), "utf8")).toBe(texts.join(""));
  syncNow(fd, "data");
  syncNow(fd, "full");
  closeSync(fd);
});
