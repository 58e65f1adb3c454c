import type * as fs from "node:fs";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { open } from "@aw/file";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, describe, expect, it, vi } from "vitest";
import { descriptorsOf } from "../descriptors-of.ts";
import type { Faults } from "../failing-fs.ts";

const { failing, systemError } = await vi.hoisted(() => import("../failing-fs.ts"));
const faults = vi.hoisted((): Faults => new Map());
vi.mock("node:fs", async (importOriginal) =>
  failing(await importOriginal<typeof fs>(), faults, [
    "open",
    "fstatSync",
    "fsync",
    "fsyncSync",
    "fchmodSync",
    "rename",
  ]),
);
afterEach(() => faults.clear());

const folder = temporaryFolder();
const path = () => folder.at("config");
/** How many descriptors of the folder and its files are open: none may be left. */
const openOnes = () =>
  [folder.path, ...readdirSync(folder.path).map((name) => folder.at(name))]
    .map(descriptorsOf)
    .reduce((sum, count) => sum + count);
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe.each(["async", "sync"] as const)("a replacement, %s", (io) => {
  it.each(["close", "abort"] as const)("keeps nothing open after %s", async (end) => {
    writeFileSync(path(), "old");
    const out = await open(path(), { io, atomic: true });
    await out.writeAll("new");
    await out[end]();
    while (openOnes() > 0) await turn();
    expect(readdirSync(folder.path)).toEqual(["config"]);
    expect(readFileSync(path(), "utf8")).toBe(end === "close" ? "new" : "old");
  });

  it.each([
    // The temporary file can't be made, or not be looked at.
    ["open", "EMFILE"],
    ["fstatSync", "EIO"],
  ] as const)(
    "that can't be begun (%s: %s) leaves nothing behind but the old file",
    async (name, code) => {
      writeFileSync(path(), "old");
      faults.set(name, systemError(code));
      await expect(open(path(), { io, atomic: true })).rejects.toMatchObject({ cause: { code } });
      faults.clear();
      expect(openOnes()).toBe(0);
      expect(readdirSync(folder.path)).toEqual(["config"]);
      expect(readFileSync(path(), "utf8")).toBe("old");
    },
  );

  it.each([
    ["fsync", "EIO", "old"],
    ["fchmodSync", "EPERM", "old"],
    ["rename", "EIO", "old"],
  ] as const)(
    "whose %s fails (%s) is rejected, and the old file stays",
    async (name, code, left) => {
      writeFileSync(path(), "old", { mode: 0o640 });
      const out = await open(path(), { io, atomic: true });
      await out.writeAll("new");
      await out.flush();
      faults.set(name === "fsync" && io === "sync" ? "fsyncSync" : name, systemError(code));
      await expect(out.close()).rejects.toMatchObject({ cause: { code } });
      while (openOnes() > 0) await turn();
      expect(readFileSync(path(), "utf8")).toBe(left);
      expect(readdirSync(folder.path)).toEqual(["config"]);
    },
  );
});

it("a folder that can't be synced after the rename: close says so, and the new file is in place", async () => {
  writeFileSync(path(), "old");
  const out = await open(path(), { io: "sync", atomic: true });
  await out.writeAll("new");
  faults.set("fsync", systemError("EIO"));
  await expect(out.close()).rejects.toMatchObject({ cause: { code: "EIO" } });
  while (openOnes() > 0) await turn();
  expect([readFileSync(path(), "utf8"), readdirSync(folder.path)]).toEqual(["new", ["config"]]);
});
