import { mkdirSync, writeFileSync } from "node:fs";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it } from "vitest";
import { COMMANDS } from "../../src/commands/commands.ts";
import { checkOverwrite } from "../../src/ends/overwrite.ts";
import { parseCommandLine } from "../../src/line/arguments.ts";

const folder = temporaryFolder();
const TWO = ["one", "two"];

it.each<[name: string, prefix: string, inputs: string[], words: string[], isRefused: boolean]>([
  ["log", "", [], [], true],
  ["log", "file:", [], [], true],
  ["log", "", [], ["--atomic"], true],
  ["log", "", [], ["--append"], false],
  ["log", "", ["-"], [], false],
  ["log", "", ["one"], [], false],
  ["log", "", TWO, [], true],
  ["log", "", TWO, ["--append"], false],
  ["log", "file:", TWO, [], false],
  ["log", "FILE:", TWO, [], false],
  ["file:log", "", TWO, [], true],
  ["none", "", [], [], false],
  ["none", "", TWO, [], false],
  ["log/none", "", [], [], false],
  ["folder", "", [], [], false],
])("%s, named with %j, for %j with %j: %s", (name, prefix, inputs, words, isRefused) => {
  mkdirSync(folder.at("folder"));
  for (const file of ["log", "file:log"]) writeFileSync(folder.at(file), "precious");
  const path = folder.at(name);
  const args = parseCommandLine(COMMANDS.send.options, words);
  const check = (): void => checkOverwrite(prefix + path, path, inputs, args);
  if (isRefused)
    expect(check).toThrow(expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }));
  else check();
});

it("a device is not", () => {
  const args = parseCommandLine(COMMANDS.send.options, []);
  checkOverwrite("/dev/null", "/dev/null", [], args);
});
