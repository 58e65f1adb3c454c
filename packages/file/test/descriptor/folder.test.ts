import type * as fs from "node:fs";
import { closeSync, fstatSync, openSync } from "node:fs";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Folder, openFolder, syncFolderNow } from "../../src/descriptor/folder.ts";
import { descriptorsOf } from "../descriptors-of.ts";
import type { Faults } from "../failing-fs.ts";

const { failing, systemError } = await vi.hoisted(() => import("../failing-fs.ts"));
const faults = vi.hoisted((): Faults => new Map());
vi.mock("node:fs", async (importOriginal) =>
  failing(await importOriginal<typeof fs>(), faults, ["closeSync", "fsync", "fsyncSync"]),
);
afterEach(() => faults.clear());

const folder = temporaryFolder();
const syncOf = (opened: Folder) => new Promise((resolve) => opened.sync(resolve));

describe("an open folder", () => {
  it("is synced, and closed once", async () => {
    const opened = new Folder(folder.path);
    expect(descriptorsOf(folder.path)).toBe(1);
    expect(await syncOf(opened)).toBeOneOf([undefined, null]);
    opened.close();
    expect(descriptorsOf(folder.path)).toBe(0);
    // Whoever gets the number next keeps it.
    const next = openSync(folder.at("next"), "w");
    opened.close();
    expect(fstatSync(next).isFile()).toBe(true);
    closeSync(next);
    // There is nothing left to sync.
    faults.set("fsync", systemError("EIO"));
    expect(await syncOf(opened)).toBe(undefined);
  });

  it("that the system can't close has nothing to lose", () => {
    const opened = new Folder(folder.path);
    faults.set("closeSync", systemError("EIO"));
    opened.close();
    faults.clear();
  });

  it("that is not there is an error that says what it is for", () => {
    expect(() => new Folder(folder.at("none"))).toThrow(
      expect.objectContaining({ code: "ENOENT" }),
    );
    expect(() => openFolder(folder.at("none"))).toThrow(
      expect.objectContaining({
        code: "ERR_AW_IO",
        message: expect.stringContaining("the folder has to be read") as string,
        cause: expect.objectContaining({ code: "ENOENT" }) as Error,
      }),
    );
  });
});

it("is synced synchronously, and closed", () => {
  syncFolderNow(folder.path);
  expect(descriptorsOf(folder.path)).toBe(0);
  expect(() => syncFolderNow(folder.at("none"))).toThrow(
    expect.objectContaining({ code: "ENOENT" }),
  );
});

describe("a file system", () => {
  it.each(["EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EBADF", "ERR_ACCESS_DENIED"])(
    "that has no such call (%s) leaves nothing to wait for",
    async (code) => {
      for (const name of ["fsync", "fsyncSync"] as const) faults.set(name, systemError(code));
      const opened = openFolder(folder.path);
      expect(await syncOf(opened)).toBe(undefined);
      opened.close();
      syncFolderNow(folder.path);
      expect(descriptorsOf(folder.path)).toBe(0);
    },
  );

  it.each(["EIO", "ENOSPC", "EROFS"])("that fails (%s) says so", async (code) => {
    for (const name of ["fsync", "fsyncSync"] as const) faults.set(name, systemError(code));
    const opened = openFolder(folder.path);
    expect(await syncOf(opened)).toMatchObject({ code });
    opened.close();
    expect(() => syncFolderNow(folder.path)).toThrow(expect.objectContaining({ code }));
    expect(descriptorsOf(folder.path)).toBe(0);
  });
});
