import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/commands/commands.ts";
import { checkFolder, countOf, numbered } from "../../src/ends/numbered-output.ts";
import { parseCommandLine } from "../../src/line/arguments.ts";
import type { Target } from "../../src/line/target.ts";

const folder = temporaryFolder();
const STDIO: Target = { kind: "stdio" };
const file = (path: string): Target => ({ kind: "file", path });

describe("how many connections", () => {
  const count = (output: Target, ...words: string[]) =>
    countOf(parseCommandLine(COMMANDS.recv.options, words), output);

  it("one, to any output, without --many", () => {
    expect([count(STDIO), count(file("out"))]).toEqual([undefined, undefined]);
  });

  it("as many as --many says, or all", () => {
    const output = file("part-{n}");
    const counts = [count(output, "--many=1"), count(output, "--many=3"), count(output, "--many")];
    expect(counts).toEqual([1, 3, Number.POSITIVE_INFINITY]);
  });

  it.each([
    [file("part-{n}"), "--many=0"],
    [file("part-{n}"), "--many=-1"],
    [file("part-{n}"), "--many=few"],
    [file("part"), "--many"],
    [STDIO, "--many"],
  ])("not to %j with %s", (output, word) => {
    const refused = expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }) as Error;
    expect(() => count(output, word)).toThrow(refused);
  });
});

it("the number stands wherever it is named; standard output has none", () => {
  expect(numbered(file("{n}/part-{n}"), 12)).toEqual(file("12/part-12"));
  expect(numbered(STDIO, 12)).toEqual(STDIO);
});

describe("the file of the first connection", () => {
  it("can be made, or be there already: nothing is touched", async () => {
    await checkFolder(file(folder.at("{n}")));
    expect(readdirSync(folder.path)).toEqual([]);
    writeFileSync(folder.at("1"), "old");
    await checkFolder(file(folder.at("{n}")));
    await checkFolder(STDIO);
  });

  it.each([
    ["none/{n}", "ENOENT"],
    ["a-file/{n}", "ENOTDIR"],
    ["{n}", "is a folder"],
  ])("%s: %s", async (name, why) => {
    writeFileSync(folder.at("a-file"), "");
    mkdirSync(folder.at("1"));
    await expect(checkFolder(file(folder.at(name)))).rejects.toMatchObject({
      code: "ERR_AW_IO",
      message: expect.stringContaining(why) as string,
    });
  });
});
