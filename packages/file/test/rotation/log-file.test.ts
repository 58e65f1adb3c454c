import { execFileSync } from "node:child_process";
import type * as fs from "node:fs";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openLog, openNext, type LogFile } from "../../src/rotation/log-file.ts";
import { descriptorsOf } from "../descriptors-of.ts";
import type { Faults } from "../failing-fs.ts";

const { failing, systemError } = await vi.hoisted(() => import("../failing-fs.ts"));
const faults = vi.hoisted((): Faults => new Map());
/** What a file system says that is not this one. */
const said = vi.hoisted((): { stats: Partial<fs.Stats> } => ({ stats: {} }));
vi.mock("node:fs", async (importOriginal) => {
  const original = await importOriginal<typeof fs>();
  return {
    ...failing(original, faults, ["fchmodSync", "readSync"]),
    fstatSync: (fd: number) => Object.assign(original.fstatSync(fd), said.stats),
  };
});
afterEach(() => {
  said.stats = {};
  faults.clear();
  vi.useRealTimers();
});

const folder = temporaryFolder();
const path = () => folder.at("log");
const text = () => readFileSync(path(), "utf8");
const modeOf = (file: string) => statSync(file).mode & 0o777;
/** What a new file has, as the attributes of the one before. */
const before = (mode: number) => Object.assign(statSync(folder.path), { mode: 0o100000 | mode });

/** Closes it at once, as nothing is in flight. */
function close(file: LogFile): void {
  file.descriptor.drop(() => {});
  expect(descriptorsOf(path())).toBe(0);
}

describe.each(["async", "sync"] as const)("a log, %s", (io) => {
  it.each([
    ["", ""],
    ["whole\n", "whole\n"],
    ["\n", "\n"],
    ["whole\ncut o", "whole\ncut o\n"],
    ["c", "c\n"],
  ])("of %j goes on as %j", (there, expected) => {
    writeFileSync(path(), there);
    const log = openLog(path(), 0o600, io);
    expect([text(), log.size]).toEqual([expected, expected.length]);
    log.descriptor.writeNow([Buffer.from("next\n")]);
    expect(text()).toBe(`${expected}next\n`);
    close(log);
  });

  it("that is not there is created, with the mode asked for", () => {
    const log = openLog(path(), 0o640, io);
    expect([log.size, modeOf(path()), log.stats.ino]).toEqual([0, 0o640, lstatSync(path()).ino]);
    close(log);
  });

  it("follows one as accessible as that was", () => {
    const log = openNext(path(), before(0o604), io);
    expect([log.size, modeOf(path())]).toEqual([0, 0o604]);
    close(log);
  });

  it("of another program follows as it is, and the line that it has cut off is ended", () => {
    writeFileSync(path(), "theirs");
    chmodSync(path(), 0o640);
    const log = openNext(path(), before(0o600), io);
    expect([text(), log.size, modeOf(path())]).toEqual(["theirs\n", 7, 0o640]);
    close(log);
  });
});

describe("what can't follow", () => {
  it("is an error with the cause", () => {
    expect(() => openNext(folder.at("none/log"), before(0o600), "sync")).toThrow(
      expect.objectContaining({
        code: "ERR_AW_IO",
        cause: expect.objectContaining({ code: "ENOENT" }) as Error,
      }),
    );
    mkdirSync(path());
    expect(() => openNext(path(), before(0o600), "sync")).toThrow(
      expect.objectContaining({ code: "ERR_AW_IO" }),
    );
  });

  it("because it can't be made as accessible as the one before is not left behind", () => {
    faults.set("fchmodSync", systemError("EIO"));
    expect(() => openNext(path(), before(0o640), "sync")).toThrow(
      expect.objectContaining({ code: "EIO" }),
    );
    // Else the next attempt would take it for another program's.
    expect(lstatSync(path(), { throwIfNoEntry: false })).toBe(undefined);
    expect(descriptorsOf(`${path()} (deleted)`)).toBe(0);
    faults.clear();
    close(openNext(path(), before(0o640), "sync"));
    expect(modeOf(path())).toBe(0o640);
  });
});

describe("what is no log", () => {
  it("is refused, and closed", () => {
    // It is opened for reading too, so that nobody is waited for.
    execFileSync("mkfifo", [path()]);
    expect(() => openLog(path(), 0o600, "sync")).toThrow(
      expect.objectContaining({ code: "ERR_AW_UNSUPPORTED" }),
    );
    expect(descriptorsOf(path())).toBe(0);
    symlinkSync("log", folder.at("link"));
    expect(() => openLog(folder.at("link"), 0o600, "sync")).toThrow(
      expect.objectContaining({ code: "ERR_AW_IO" }),
    );
  });

  it("because it can't be read is closed, too", () => {
    writeFileSync(path(), "text");
    faults.set("readSync", systemError("EIO"));
    expect(() => openLog(path(), 0o600, "sync")).toThrow(expect.objectContaining({ code: "EIO" }));
    expect(descriptorsOf(path())).toBe(0);
  });
});

describe("when it was begun", () => {
  it("is when the file was made, whenever it was changed", () => {
    writeFileSync(path(), "old\n");
    const { birthtimeMs } = statSync(path());
    vi.useFakeTimers({ toFake: ["Date"], now: birthtimeMs + 60_000 });
    const log = openLog(path(), 0o600, "sync");
    expect(log.born).toBe(birthtimeMs);
    close(log);
  });

  it("is its last change where the file system does not know more", () => {
    writeFileSync(path(), "old\n");
    said.stats = { birthtimeMs: 0, mtimeMs: 12_345 };
    const log = openLog(path(), 0o600, "sync");
    expect(log.born).toBe(12_345);
    close(log);
  });

  it("is now of an empty one, and of one of the future: the clock was set back", () => {
    for (const there of ["", "old\n"]) {
      writeFileSync(path(), there);
      const { birthtimeMs } = statSync(path());
      const now = Math.floor(birthtimeMs + (there === "" ? 60_000 : -60_000));
      vi.useFakeTimers({ toFake: ["Date"], now });
      const log = openLog(path(), 0o600, "sync");
      expect(log.born).toBe(now);
      close(log);
    }
  });
});
