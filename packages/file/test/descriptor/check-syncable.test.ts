import type * as fs from "node:fs";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { open, rotating } from "@aw/file";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, describe, expect, it, vi } from "vitest";
import { checkSyncable } from "../../src/descriptor/check-syncable.ts";
import type { Faults } from "../failing-fs.ts";

const { failing, systemError } = await vi.hoisted(() => import("../failing-fs.ts"));
const faults = vi.hoisted((): Faults => new Map());
vi.mock("node:fs", async (importOriginal) =>
  failing(await importOriginal<typeof fs>(), faults, ["fsyncSync"]),
);

const folder = temporaryFolder();

/** As under `--permission`, where Node has disabled fsync or, in other versions, has not. */
function underPermissionModel(isDisabled: boolean): void {
  Object.defineProperty(process, "permission", { value: {}, configurable: true });
  if (isDisabled) faults.set("fsyncSync", systemError("ERR_ACCESS_DENIED"));
}
afterEach(() => {
  faults.clear();
  Reflect.deleteProperty(process, "permission");
});

describe("what has to sync", () => {
  it("is possible without a permission model, and where that allows it", () => {
    checkSyncable("open: atomic");
    underPermissionModel(false);
    checkSyncable("open: atomic");
  });

  it("is refused where nobody can sync, with the reason", () => {
    underPermissionModel(true);
    expect(() => checkSyncable("open: atomic")).toThrow(
      expect.objectContaining({
        code: "ERR_AW_UNSUPPORTED",
        message: expect.stringMatching(/^open: atomic needs fsync/) as string,
        cause: expect.objectContaining({ code: "ERR_ACCESS_DENIED" }) as Error,
      }),
    );
  });

  it.each([
    ["atomic", () => open(folder.at("out"), { atomic: true })],
    ["durable data", () => open(folder.at("out"), { durability: "data" })],
    ["a durable log", () => rotating(folder.at("out"), { maxBytes: 1, durability: "full" })],
    ["a compressed log", () => rotating(folder.at("out"), { maxBytes: 1, compress: "gzip" })],
  ])("is known before anything is made: %s", async (_, opening) => {
    underPermissionModel(true);
    await expect(opening()).rejects.toMatchObject({ code: "ERR_AW_UNSUPPORTED" });
    expect(readdirSync(folder.path)).toEqual([]);
  });
});

it.each([
  ["a file", () => open(folder.at("out"))],
  ["a file, durability none", () => open(folder.at("out"), { durability: "none" })],
  ["a log", () => rotating(folder.at("out"), { maxBytes: 1, lock: false })],
])("what need not sync is possible there: %s", async (_, opening) => {
  underPermissionModel(true);
  await (await opening()).close();
  expect(readdirSync(folder.path)).toEqual(["out"]);
});

it("a replacement has the final permissions at once, since nobody may widen them later", async () => {
  writeFileSync(folder.at("file"), "old", { mode: 0o640 });
  underPermissionModel(false);
  const out = await open(folder.at("file"), { atomic: true });
  const temporary = readdirSync(folder.path).find((name) => name !== "file") ?? "";
  expect(statSync(folder.at(temporary)).mode & 0o777).toBe(0o640);
  out.abort();
});
