import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it } from "vitest";
import { readSmallFile } from "../../src/descriptor/read-small-file.ts";
import { descriptorsOf } from "../descriptors-of.ts";

const folder = temporaryFolder();

it.each<[string, (path: string) => unknown, unknown]>([
  ["nothing", () => {}, "nothing"],
  ["a text", (path) => writeFileSync(path, "täxt\n"), { text: "täxt\n" }],
  ["an empty file", (path) => writeFileSync(path, ""), { text: "" }],
  ["4096 bytes", (path) => writeFileSync(path, "x".repeat(4096)), { text: "x".repeat(4096) }],
  ["4097 bytes", (path) => writeFileSync(path, "x".repeat(4097)), "other"],
  ["a folder", (path) => mkdirSync(path), "other"],
  ["a link to itself", (path) => symlinkSync(path, path), "other"],
  ["a pipe that nobody writes to", (path) => execFileSync("mkfifo", [path]), "other"],
])("%s", (_, make, expected) => {
  const path = folder.at("file");
  make(path);
  expect(readSmallFile(path)).toEqual(expected);
  expect(descriptorsOf(path)).toBe(0);
});

it("a link is not followed", () => {
  writeFileSync(folder.at("secret"), "secret");
  symlinkSync("secret", folder.at("link"));
  expect(readSmallFile(folder.at("link"))).toBe("other");
});

it("a socket", async () => {
  const server = createServer().listen(folder.at("socket"));
  await once(server, "listening");
  expect(readSmallFile(folder.at("socket"))).toBe("other");
  server.close();
});

it("what can't be looked at is an error", () => {
  writeFileSync(folder.at("file"), "");
  expect(() => readSmallFile(folder.at("file/below"))).toThrow(
    expect.objectContaining({ code: "ENOTDIR" }),
  );
});
