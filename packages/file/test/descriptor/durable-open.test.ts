import type * as fs from "node:fs";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { open, type OpenOptions } from "@aw/file";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, describe, expect, it, vi } from "vitest";
import { descriptorsOf } from "../descriptors-of.ts";
import type { Faults } from "../failing-fs.ts";

const { failing, systemError } = await vi.hoisted(() => import("../failing-fs.ts"));
const faults = vi.hoisted((): Faults => new Map());
vi.mock("node:fs", async (importOriginal) =>
  failing(await importOriginal<typeof fs>(), faults, [
    "close",
    "fsync",
    "fsyncSync",
    "ftruncate",
    "write",
  ]),
);
afterEach(() => {
  faults.clear();
  vi.restoreAllMocks();
});

const folder = temporaryFolder();
const path = () => folder.at("out");
const turn = () => new Promise((resolve) => setImmediate(resolve));
const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
/** Until what was dropped is closed. */
async function closed(): Promise<void> {
  while (descriptorsOf(path()) > 0) await turn();
}

describe("the name of a new file", () => {
  it.each<[string, OpenOptions]>([
    ["w", { durability: "data" }],
    ["a", { durability: "full", flags: "a" }],
    ["wx", { durability: "data", flags: "wx" }],
  ])("is on the disk before the file is of use, flags %s", async (_, options) => {
    faults.set("fsync", systemError("EIO"));
    await expect(open(path(), options)).rejects.toMatchObject({ cause: { code: "EIO" } });
    await closed();
    expect(descriptorsOf(folder.path)).toBe(0);
    faults.clear();
    await (await open(path(), { ...options, flags: "w" })).close();
    expect(descriptorsOf(folder.path)).toBe(0);
  });

  it.each<[string, boolean, OpenOptions]>([
    ["of what is there already", true, { durability: "data" }],
    ["of what need not be durable", false, {}],
    ["of what says so", false, { durability: "none" }],
  ])("%s is nothing to wait for", async (_, isThere, options) => {
    if (isThere) writeFileSync(path(), "");
    faults.set("fsync", systemError("EIO"));
    const out = await open(path(), options);
    faults.clear();
    await out.close();
    expect(descriptorsOf(folder.path)).toBe(0);
  });

  it("is in the folder that a link leads to", async () => {
    mkdirSync(folder.at("far"));
    symlinkSync("far/out", path());
    const out = await open(path(), { durability: "data" });
    await out.close();
    expect(readdirSync(folder.at("far"))).toEqual(["out"]);
    expect(descriptorsOf(folder.at("far"))).toBe(0);
  });
});

it("what can't be preallocated is closed", async () => {
  faults.set("write", systemError("ENOSPC"));
  await expect(open(path(), { preallocate: 1000 })).rejects.toMatchObject({
    code: "ERR_AW_NO_SPACE",
  });
  await closed();
  expect(readFileSync(path(), "utf8")).toBe("");
});

it("what was preallocated before the disk was full is given back", async () => {
  const opening = open(path(), { preallocate: 64 * 1024 * 1024 });
  // After the first of many blocks.
  while (sizeOf(path()) === 0) await turn();
  faults.set("write", systemError("ENOSPC"));
  await expect(opening).rejects.toMatchObject({ code: "ERR_AW_NO_SPACE" });
  expect(sizeOf(path())).toBe(0);
});

it("zeros that can't be cut off fail the close", async () => {
  const out = await open(path(), { preallocate: 1000 });
  await out.writeAll("text");
  faults.set("ftruncate", systemError("EIO"));
  await expect(out.close()).rejects.toMatchObject({ cause: { code: "EIO" } });
  await closed();
});

it("a part that was preallocated and is not written is cut off", async () => {
  for (const flags of ["w", "wx"] as const) {
    const out = await open(folder.at(flags), { flags, preallocate: 1000 });
    await out.writeAll("text");
    await out.close();
    expect(readFileSync(folder.at(flags), "utf8")).toBe("text");
  }
});

describe("reopening", () => {
  it.each(["none", "data"] as const)("goes on in a new file, durability %s", async (durability) => {
    const out = await open(path(), { flags: "a", durability, mode: 0o640 });
    await out.writeAll("old\n");
    renameSync(path(), folder.at("out.1"));
    await out.reopen();
    expect(descriptorsOf(folder.at("out.1"))).toBe(0);
    await out.writeAll("new\n");
    await out.close();
    expect(readFileSync(path(), "utf8")).toBe("new\n");
    expect(readFileSync(folder.at("out.1"), "utf8")).toBe("old\n");
    expect(descriptorsOf(folder.path)).toBe(0);
  });

  it.each([
    ["none", undefined],
    ["data", "EIO"],
  ] as const)("syncs the new name if it has to, durability %s", async (durability, code) => {
    vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const out = await open(path(), { flags: "a", durability });
    renameSync(path(), folder.at("out.1"));
    faults.set("fsyncSync", systemError("EIO"));
    const result = await out.reopen().then(
      () => undefined,
      (error: { cause?: { code?: string } }) => error.cause?.code,
    );
    expect(result).toBe(code);
    faults.clear();
    // What can't be used is closed, and the old file stays in use.
    expect(descriptorsOf(path())).toBe(code === undefined ? 1 : 0);
    await out.writeAll("more\n");
    await out.close();
    const used = code === undefined ? path() : folder.at("out.1");
    expect(readFileSync(used, "utf8")).toBe("more\n");
  });

  it("rejects if the file before can't be closed, and goes on in the new one", async () => {
    vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const out = await open(path(), { flags: "a" });
    renameSync(path(), folder.at("out.1"));
    faults.set("close", systemError("EIO"));
    await expect(out.reopen()).rejects.toMatchObject({
      code: "ERR_AW_IO",
      message: expect.stringContaining("close the file before") as string,
    });
    faults.clear();
    await out.writeAll("new\n");
    await out.close();
    expect(readFileSync(path(), "utf8")).toBe("new\n");
  });

  it("is for a file that is appended to", async () => {
    vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const out = await open(path(), { flags: "w" });
    await expect(out.reopen()).rejects.toMatchObject({ code: "ERR_AW_UNSUPPORTED" });
    await out.close();
  });
});

describe("options", () => {
  const refused: OpenOptions[] = [
    { flags: "a", position: 0 },
    { flags: "ax", position: 1 },
    { flags: "a", preallocate: 1 },
    { flags: "r+", preallocate: 1 },
    { flags: "ax", preallocate: 1 },
    { position: 0, preallocate: 1 },
    { atomic: true, flags: "wx" },
    { atomic: true, position: 0 },
  ];
  it.each(refused)("that contradict each other are refused: %o", async (options) => {
    await expect(open(path(), options)).rejects.toMatchObject({ code: "ERR_AW_INVALID_ARGUMENT" });
    expect(readdirSync(folder.path)).toEqual([]);
  });

  const allowed: OpenOptions[] = [
    { flags: "w", position: 1 },
    { flags: "wx", position: 1 },
    { flags: "wx", preallocate: 1 },
    { flags: "w", preallocate: 0 },
    { atomic: true, flags: "w" },
    { atomic: true, preallocate: 1 },
    { atomic: false, flags: "ax" },
  ];
  it.each(allowed)("that go together are not: %o", async (options) => {
    const out = await open(path(), options);
    await out.writeAll("text");
    await out.close();
    expect(readFileSync(path(), "utf8").replaceAll("\0", "")).toBe("text");
  });
});

it("whole lines are for what is appended to: others have what was written at each flush", async () => {
  for (const flags of ["a", "ax", "w", "wx", "r+"] as const) {
    const name = folder.at(`out ${flags}`);
    if (flags === "r+") writeFileSync(name, "");
    const out = await open(name, { flags, io: "sync" });
    out.tryWrite(new Uint8Array(300_000).fill(120));
    expect([flags, readFileSync(name).length]).toEqual([
      flags,
      flags.startsWith("a") ? 0 : 300_000,
    ]);
    await out.close();
    expect(readFileSync(name)).toHaveLength(300_000);
  }
});
