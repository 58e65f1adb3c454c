import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it } from "vitest";
import { rotatingLog } from "../src/rotating-log.ts";
import { runRecipe } from "./recipe.ts";

const { at } = temporaryFolder();

/** What all files hold together, the oldest first, as `zstd` reads them. */
function indexes(path: string): number[] {
  const found: string[] = [];
  for (let age = 1; existsSync(`${path}.${age}.zst`) || existsSync(`${path}.${age}`); age++) {
    // The latest may not be compressed yet when the process ends.
    found.unshift(existsSync(`${path}.${age}.zst`) ? `${path}.${age}.zst` : `${path}.${age}`);
  }
  expect(found.length).toBeGreaterThan(3);
  const text = execFileSync("zstd", ["-dcf", ...found, path], { maxBuffer: 1 << 30 }).toString();
  return text
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { index: number }).index);
}

it("has every line once and in order after process.exit, for zstd to read", async () => {
  const { status } = await runRecipe("rotating-log", at("app.log"), "20000", "200000").end();
  expect(status).toBe(0);
  expect(indexes(at("app.log"))).toEqual(Array.from({ length: 20_000 }, (_, index) => index));
});

it("goes on where the last start ended, and compresses what that left", async () => {
  for (const _ of [1, 2]) await runRecipe("rotating-log", at("app.log"), "10000", "100000").end();
  const once = Array.from({ length: 10_000 }, (_, index) => index);
  expect(indexes(at("app.log"))).toEqual([...once, ...once]);
});

it("throws at a log that another process rotates", async () => {
  await rotatingLog(at("app.log"));
  await expect(rotatingLog(at("app.log"))).rejects.toMatchObject({ code: "ERR_AW_IO" });
});
