import type * as fs from "node:fs";
import { readFileSync, writeFileSync } from "node:fs";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, expect, it, vi } from "vitest";
import { openLog, type LogFile } from "../../src/rotation/log-file.ts";
import { NumberedArchive } from "../../src/rotation/numbered-archive.ts";
import { Rotation, type RotatedFile } from "../../src/rotation/rotation.ts";
import { descriptorsOf } from "../descriptors-of.ts";
import type { Faults } from "../failing-fs.ts";

const { failing, systemError } = await vi.hoisted(() => import("../failing-fs.ts"));
const faults = vi.hoisted((): Faults => new Map());
vi.mock("node:fs", async (importOriginal) =>
  failing(await importOriginal<typeof fs>(), faults, ["fsyncSync"]),
);
afterEach(() => faults.clear());

const folder = temporaryFolder();

function setUp(durability: "none" | "data" | "full"): {
  file: LogFile;
  rotation: Rotation;
  rotated: RotatedFile[];
} {
  const path = folder.at("log");
  const rotated: RotatedFile[] = [];
  const rotation = new Rotation({
    name: "log",
    path,
    archive: new NumberedArchive(path, 5),
    archiver: undefined,
    durability,
    io: "sync",
    onRotate: (file) => void rotated.push(file),
  });
  writeFileSync(path, "before\n");
  return { file: openLog(path, 0o600, "sync"), rotation, rotated };
}

it.each(["data", "full"] as const)(
  "%s: both names are on the disk before the next file is in use, or it is not",
  (durability) => {
    const { file, rotation, rotated } = setUp(durability);
    faults.set("fsyncSync", systemError("EIO"));
    expect(() => rotation.next(file)).toThrow(expect.objectContaining({ code: "EIO" }));
    expect([rotated, descriptorsOf(folder.at("log"))]).toEqual([[], 0]);
    // The next attempt goes on from there: with the file that is there already.
    file.descriptor.writeNow([Buffer.from("in between\n")]);
    faults.clear();
    const next = rotation.next(file);
    expect(rotated.map(({ path }) => path)).toEqual([folder.at("log.1")]);
    expect(readFileSync(folder.at("log.1"), "utf8")).toBe("before\nin between\n");
    for (const { descriptor } of [file, next]) descriptor.drop(() => {});
  },
);

it("none: nobody waits for the disk", () => {
  const { file, rotation, rotated } = setUp("none");
  faults.set("fsyncSync", systemError("EIO"));
  const next = rotation.next(file);
  expect(rotated).toHaveLength(1);
  for (const { descriptor } of [file, next]) descriptor.drop(() => {});
});
