import type * as fs from "node:fs";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, describe, expect, it, vi } from "vitest";
import { lock } from "../../src/replace/lock.ts";
import type { Faults } from "../failing-fs.ts";

const { failing, systemError } = await vi.hoisted(() => import("../failing-fs.ts"));
const faults = vi.hoisted((): Faults => new Map());
vi.mock("node:fs", async (importOriginal) =>
  failing(await importOriginal<typeof fs>(), faults, ["unlinkSync"]),
);
/** As on Windows, on vfat and under a permission model. */
vi.mock("../../src/replace/life-socket.ts", async (importOriginal) => ({
  ...(await importOriginal<object>()),
  listenForLife: async () => undefined,
}));
afterEach(() => faults.clear());

const folder = temporaryFolder();
const path = () => folder.at("out");

describe("a lock where there can be no socket", () => {
  it("is held by this process, until it is given back", async () => {
    const held = await lock(path());
    expect(JSON.parse(readFileSync(`${path()}.lock`, "utf8"))).not.toHaveProperty("socket");
    await expect(lock(path())).rejects.toMatchObject({
      code: "ERR_AW_IO",
      message: expect.stringContaining(`process ${process.pid} has the lock`) as string,
    });
    held.release();
    held.release();
    expect(readdirSync(folder.path)).toEqual([]);
    (await lock(path())).release();
  });

  it("that is somebody else's by now is not removed", async () => {
    const held = await lock(path());
    writeFileSync(`${path()}.lock`, "theirs");
    held.release();
    expect(readFileSync(`${path()}.lock`, "utf8")).toBe("theirs");
    rmSync(`${path()}.lock`);
    mkdirSync(`${path()}.lock`);
    held.release();
    expect(readdirSync(folder.path)).toEqual(["out.lock"]);
  });

  it("that can't be removed holds others off: whoever gives it back hears of that", async () => {
    const held = await lock(path());
    faults.set("unlinkSync", systemError("EACCES"));
    expect(() => held.release()).toThrow(
      expect.objectContaining({
        code: "ERR_AW_IO",
        message: expect.stringContaining("remove the lock") as string,
        cause: expect.objectContaining({ code: "EACCES" }) as Error,
      }),
    );
    // A second call does nothing.
    held.release();
  });
});
