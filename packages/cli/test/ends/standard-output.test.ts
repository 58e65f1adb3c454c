import { closeSync, openSync, readFileSync } from "node:fs";
import { AsyncWriteError } from "@aw/core";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, expect, it } from "vitest";
import { brokenPipe, restoreStandardOutput, standardOutputIs } from "../standard-output.ts";

const folder = temporaryFolder();
const BROKEN = new AsyncWriteError("ERR_AW_BROKEN_PIPE", "somebody has gone");

let fd = -1;
afterEach(() => {
  closeSync(fd);
  restoreStandardOutput();
});

async function loadedOn(descriptor: number) {
  fd = descriptor;
  standardOutputIs(fd);
  return import("../../src/ends/standard-output.ts");
}

it("standard output is one writer, whoever asks", async () => {
  const { standardOutput } = await loadedOn(openSync(folder.at("out"), "w"));
  expect(await standardOutput()).toBe(await standardOutput());
  await (await standardOutput()).writeAll("text");
  await (await standardOutput()).close();
  expect(readFileSync(folder.at("out"), "utf8")).toBe("text");
});

it("its reader has gone when it failed, and the failure is a broken pipe", async () => {
  const { standardOutput, readerHasGone } = await loadedOn(brokenPipe(folder.at("pipe")));
  const output = await standardOutput();
  const error: unknown = await output
    .writeAll("text")
    .then(() => output.flush())
    .catch((reason: unknown) => reason);
  expect(readerHasGone(error)).toBe(true);
  expect(readerHasGone(new AsyncWriteError("ERR_AW_IO", "something else"))).toBe(false);
  expect(readerHasGone(new Error("something else"))).toBe(false);
});

it("a broken pipe of a socket says nothing of standard output", async () => {
  const { standardOutput, readerHasGone } = await loadedOn(openSync(folder.at("out"), "w"));
  expect(readerHasGone(BROKEN)).toBe(false);
  await standardOutput();
  expect(readerHasGone(BROKEN)).toBe(false);
});
