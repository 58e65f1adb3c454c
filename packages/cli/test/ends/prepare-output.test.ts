import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it } from "vitest";
import { COMMANDS } from "../../src/commands/commands.ts";
import { prepareOutput } from "../../src/ends/prepare-output.ts";
import { parseCommandLine } from "../../src/line/arguments.ts";
import { parseTarget } from "../../src/line/target.ts";

const folder = temporaryFolder();

function prepared(path: string) {
  const args = parseCommandLine(COMMANDS.recv.options, []);
  return prepareOutput(parseTarget(path), args, new AbortController().signal);
}

it("a file that somebody else has removed is discarded without a failure", async () => {
  const output = await prepared(folder.at("out"));
  rmSync(folder.at("out"));
  await output.discard();
  expect(existsSync(folder.at("out"))).toBe(false);
});

it.each(["missing/out", "file/out"])(
  "%s, which can't be made, is refused before anything comes",
  async (name) => {
    writeFileSync(folder.at("file"), "");
    await expect(prepared(folder.at(name))).rejects.toMatchObject({ code: "ERR_AW_IO" });
  },
);

it("what was opened is not discarded", async () => {
  const output = await prepared(folder.at("out"));
  const writer = await output.open();
  await output.discard();
  await writer.writeAll("text");
  await writer.close();
  await output.discard();
  expect(readFileSync(folder.at("out"), "utf8")).toBe("text");
});

it("a file that was there is emptied when it is opened, and not before", async () => {
  writeFileSync(folder.at("out"), "old");
  const output = await prepared(folder.at("out"));
  expect(readFileSync(folder.at("out"), "utf8")).toBe("old");
  const writer = await output.open();
  expect(readFileSync(folder.at("out"), "utf8")).toBe("");
  await writer.close();
});

it("a device is opened before anything comes", async () => {
  const output = await prepared("/dev/null");
  const writer = await output.open();
  await writer.writeAll("text");
  await writer.close();
  await output.discard();
});
