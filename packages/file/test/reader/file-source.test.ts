import { closeSync, fstatSync, openSync, truncateSync, writeFileSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import type { SourceControl } from "@aw/core";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it } from "vitest";
import { FileSource, type FileSourceOptions } from "../../src/reader/file-source.ts";
import { descriptorsOf } from "../descriptors-of.ts";

const folder = temporaryFolder();
const path = () => folder.at("data");

/** A source, and what it has told the engine, which does nothing of its own accord. */
function setUp(text: string, options: Partial<FileSourceOptions> = {}, flags = "r") {
  writeFileSync(path(), text);
  const fd = openSync(path(), flags);
  const source = new FileSource(fd, text.length, {
    label: "file data",
    position: 0,
    max: Infinity,
    chunkSize: 10,
    ...options,
  });
  const chunks: Uint8Array[] = [];
  const ends: unknown[] = [];
  let overs = 0;
  source.onOver = () => overs++;
  source.start({
    push: (chunk: Uint8Array) => void chunks.push(chunk),
    end: () => void ends.push("end"),
    fail: (error: unknown) => void ends.push(error),
  } as unknown as SourceControl);
  /** Until the descriptor is closed. */
  const over = async () => {
    while (descriptorsOf(path()) > 0) await turn();
  };
  const read = () => String(Buffer.concat(chunks));
  return { fd, source, chunks, ends, over, read, overs: () => overs };
}

describe("a file", () => {
  it.each<[string, Partial<FileSourceOptions>, string[]]>([
    ["", {}, []],
    ["short", {}, ["short"]],
    ["0123456789", {}, ["0123456789"]],
    ["0123456789a", {}, ["0123456789", "a"]],
    ["0123456789abcdef", { position: 4 }, ["456789abcd", "ef"]],
    ["0123456789abcdef", { position: 4, max: 3 }, ["456"]],
    ["0123456789abcdef", { max: 12, chunkSize: 5 }, ["01234", "56789", "ab"]],
    ["0123456789", { position: 10 }, []],
    ["0123456789", { position: 20 }, []],
    ["0123456789", { max: 0 }, []],
    ["0123456789", { position: null }, ["0123456789"]],
  ])("%j, %o is read as %j, and closed", async (text, options, expected) => {
    const { source, chunks, ends, over, overs } = setUp(text, options);
    source.resume();
    await over();
    expect(chunks.map((chunk) => String(Buffer.from(chunk)))).toEqual(expected);
    expect([ends, overs()]).toEqual([["end"], 1]);
  });

  it("that is cut to less than it had is truncated, after the bytes before", async () => {
    const { source, ends, over, read } = setUp("0123456789abcdef");
    truncateSync(path(), 12);
    source.resume();
    await over();
    expect(read()).toBe("0123456789ab");
    expect(ends).toEqual([expect.objectContaining({ code: "ERR_AW_TRUNCATED" })]);
  });

  it("that is paused is read no further until it is resumed", async () => {
    const { source, over, read, ends } = setUp("0123456789abcdef");
    source.resume();
    source.pause();
    while (read() === "") await turn();
    for (let turns = 0; turns < 20; turns++) await turn();
    expect([read(), ends]).toEqual(["0123456789", []]);
    source.resume();
    await over();
    expect([read(), ends]).toEqual(["0123456789abcdef", ["end"]]);
  });
});

describe("the memory of a chunk", () => {
  it.each([
    ["half of it or more is given away as it is", "01234", 10],
    ["less than half is copied", "0123", 4],
  ])("%s", async (_, text, size) => {
    // The size is not known, as of what has no end yet.
    writeFileSync(path(), text);
    const chunks: Uint8Array[] = [];
    const source = new FileSource(openSync(path(), "r"), 0, {
      label: "file data",
      position: 0,
      max: Infinity,
      chunkSize: 10,
    });
    source.start({
      push: (chunk: Uint8Array) => void chunks.push(chunk),
      end: () => {},
      fail: () => {},
    } as unknown as SourceControl);
    source.resume();
    while (descriptorsOf(path()) > 0) await turn();
    expect(chunks.map(({ length, buffer }) => [length, buffer.byteLength])).toEqual([
      [text.length, size],
    ]);
  });
});

describe("what is over", () => {
  it("by a failure is closed, whoever destroys it after that", async () => {
    const { source, ends, over, overs } = setUp("text", {}, "w");
    source.resume();
    await over();
    expect(ends).toEqual([
      expect.objectContaining({
        code: "ERR_AW_IO",
        message: expect.stringMatching(/^file data: read/) as string,
        cause: expect.objectContaining({ code: "EBADF" }) as Error,
      }),
    ]);
    // Whoever gets the number next keeps it.
    const next = openSync(folder.at("next"), "w");
    source.destroy();
    source.destroy();
    for (let turns = 0; turns < 20; turns++) await turn();
    expect([fstatSync(next).isFile(), overs()]).toEqual([true, 1]);
    closeSync(next);
  });

  it("while a read is in flight is closed when that returns, and tells nothing more", async () => {
    const { source, chunks, ends, over, overs } = setUp("text");
    source.resume();
    source.destroy();
    expect([descriptorsOf(path()), overs()]).toEqual([1, 1]);
    await over();
    expect([chunks, ends]).toEqual([[], []]);
  });

  it("before anything was read is closed, and reads no more", async () => {
    const { source, chunks, ends, over } = setUp("text");
    source.destroy();
    await over();
    source.resume();
    for (let turns = 0; turns < 20; turns++) await turn();
    expect([chunks, ends]).toEqual([[], []]);
  });
});
