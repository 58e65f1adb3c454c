import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it } from "vitest";
import { Calendar, type Every } from "../../src/rotation/calendar.ts";
import { DatedArchive } from "../../src/rotation/dated-archive.ts";

const folder = temporaryFolder();
const names = () => readdirSync(folder.path).toSorted();
/** Makes files whose content is their name. */
const make = (...files: string[]) => {
  for (const name of files) writeFileSync(folder.at(name), name);
};
const archiveOf = (keep: number, extension?: string, every: Every = "day") =>
  new DatedArchive(folder.at("log"), keep, new Calendar(every, "utc"), extension);

/** What is in the archive, without the folder. */
const listed = (archive: DatedArchive) =>
  archive.list().map(({ base, extensions }) => [basename(base), [...extensions].toSorted()]);

const DAY = Date.parse("2026-11-28T13:59Z");

describe("the list", () => {
  it("is ordered by day, then by number, the oldest first", () => {
    make(
      "log.2026-11-28.10",
      "log.2026-11-28.9",
      "log.2026-12-01",
      "log.2026-11-28",
      "log.2025-12-31.1",
    );
    expect(listed(archiveOf(9)).map(([name]) => name)).toEqual([
      "log.2025-12-31.1",
      "log.2026-11-28",
      "log.2026-11-28.9",
      "log.2026-11-28.10",
      "log.2026-12-01",
    ]);
  });

  it("knows hours, which come before the day that they are of has ended", () => {
    make("log.2026-11-28T23", "log.2026-11-28T09.1", "log.2026-11-28T09");
    expect(listed(archiveOf(9)).map(([name]) => name)).toEqual([
      "log.2026-11-28T09",
      "log.2026-11-28T09.1",
      "log.2026-11-28T23",
    ]);
  });

  it("has one entry for a file and its compressed ones", () => {
    make("log.2026-11-28", "log.2026-11-28.gz", "log.2026-11-28.1.zst", "log.2026-11-28.2");
    expect(listed(archiveOf(9))).toEqual([
      ["log.2026-11-28", ["", ".gz"]],
      ["log.2026-11-28.1", [".zst"]],
      ["log.2026-11-28.2", [""]],
    ]);
  });

  it("knows the usual extensions, and the one that it is told", () => {
    for (const extension of [".gz", ".br", ".zst", ".xz", ".bz2", ".up"]) {
      make(`log.2026-11-28${extension}`);
    }
    expect(listed(archiveOf(9))).toEqual([
      ["log.2026-11-28", [".br", ".bz2", ".gz", ".xz", ".zst"]],
    ]);
    expect(listed(archiveOf(9, ".up"))[0]?.[1]).toContain(".up");
  });

  it("leaves out what is not its own", () => {
    mkdirSync(folder.at("log.2026-11-27"));
    make(
      "log",
      "log.1",
      "log.20261128",
      "log.2026-11-28.0",
      "log.2026-11-28.01",
      "log.2026-11-28.tmp",
      "log.2026-11-28.gz.gz",
      "log.2026-11-28T1",
      "log2.2026-11-28",
      "blog.2026-11-28",
      "log.2026-11-28 ",
    );
    expect(listed(archiveOf(9))).toEqual([]);
  });
});

describe("a log that becomes an old file", () => {
  it.each<[string[], string]>([
    [[], "log.2026-11-28"],
    [["log.2026-11-28"], "log.2026-11-28.1"],
    [["log.2026-11-28.gz"], "log.2026-11-28.1"],
    [["log.2026-11-28", "log.2026-11-28.9", "log.2026-11-28.10.gz"], "log.2026-11-28.11"],
    // The number of a file that is gone is not given to a later one.
    [["log.2026-11-28.1"], "log.2026-11-28.2"],
    [["log.2026-11-27.5", "log.2026-11-29"], "log.2026-11-28"],
  ])("beside %j is %s", (there, name) => {
    make("log", ...there);
    const { base, movedTo } = archiveOf(9).admit(DAY);
    expect(basename(base)).toBe(name);
    expect(readFileSync(base, "utf8")).toBe("log");
    expect(names()).toEqual([...there, name].toSorted());
    for (const each of there) expect(movedTo(folder.at(each))).toBe(folder.at(each));
  });

  it("is named by its hour where it is of one", () => {
    make("log");
    expect(basename(archiveOf(9, "", "hour").admit(DAY).base)).toBe("log.2026-11-28T13");
  });

  it("has the oldest ones removed, whatever they were compressed to", () => {
    make("log", "log.2026-11-26", "log.2026-11-26.gz", "log.2026-11-26.1", "log.2026-11-27.zst");
    const { movedTo } = archiveOf(2).admit(DAY);
    expect(names()).toEqual(["log.2026-11-27.zst", "log.2026-11-28"]);
    const bases = ["log.2026-11-26", "log.2026-11-26.1", "log.2026-11-27", "log.2026-11-28"];
    expect(bases.map((name) => movedTo(folder.at(name)))).toEqual([
      undefined,
      undefined,
      folder.at("log.2026-11-27"),
      folder.at("log.2026-11-28"),
    ]);
  });
});

describe("pruning", () => {
  it.each([
    [1, ["log", "log.2026-11-28"]],
    [2, ["log", "log.2026-11-27.gz", "log.2026-11-28"]],
    [3, ["log", "log.2026-11-26", "log.2026-11-27.gz", "log.2026-11-28"]],
    [4, ["log", "log.2026-11-26", "log.2026-11-27.gz", "log.2026-11-28"]],
  ])("keeps %i, and the log", (keep, left) => {
    make("log", "log.2026-11-26", "log.2026-11-27.gz", "log.2026-11-28");
    archiveOf(keep).prune();
    expect(names()).toEqual(left);
  });
});
