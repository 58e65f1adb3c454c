import { fstatSync, writeFileSync } from "node:fs";
import { toReader } from "@aw/core";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it } from "vitest";
import { openInput } from "../../src/ends/inputs.ts";

const folder = temporaryFolder();

it("how much there is to read is known of files, and of nothing else", async () => {
  writeFileSync(folder.at("one"), "one");
  writeFileSync(folder.at("three"), "three");
  const files = [folder.at("one"), folder.at("three")];
  expect((await openInput(files, undefined)).size).toBe(8);
  expect((await openInput([...files, "/dev/null"], undefined)).size).toBeUndefined();
  expect((await openInput(["/dev/null", ...files], undefined)).size).toBeUndefined();
});

it("without a name, it is standard input that is read", async () => {
  const stdin = fstatSync(0);
  const size = stdin.isFile() ? stdin.size : undefined;
  expect((await openInput([], undefined)).size).toBe(size);
  expect((await openInput(["-"], undefined)).size).toBe(size);
});

it("an output that is not there is none of the inputs", async () => {
  writeFileSync(folder.at("one"), "one");
  const { chunks } = await openInput([folder.at("one")], folder.at("none"));
  expect(await toReader(chunks).text()).toBe("one");
});
