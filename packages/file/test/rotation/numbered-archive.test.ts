import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it } from "vitest";
import { NumberedArchive } from "../../src/rotation/numbered-archive.ts";

const folder = temporaryFolder();
const names = () => readdirSync(folder.path).toSorted();
/** Makes files whose content is their name. */
const make = (...files: string[]) => {
  for (const name of files) writeFileSync(folder.at(name), name);
};
/** Each name, and what was its name before. */
const contents = () =>
  Object.fromEntries(names().map((name) => [name, readFileSync(folder.at(name), "utf8")]));
const archiveOf = (keep: number, extension?: string) =>
  new NumberedArchive(folder.at("log"), keep, extension);

describe("the list", () => {
  it("is ordered by number, the oldest first, without what is beyond the max", () => {
    make("log", "log.1", "log.2.gz", "log.2", "log.10", "log.11");
    const listed = archiveOf(10)
      .list()
      .map(({ base, extensions }) => [basename(base), [...extensions].toSorted()]);
    expect(listed).toEqual([
      ["log.10", [""]],
      ["log.2", ["", ".gz"]],
      ["log.1", [""]],
    ]);
  });

  it("leaves out what is not its own", () => {
    mkdirSync(folder.at("log.1"));
    make("log.0", "log.01", "log.2.up", "log.2.tmp", "log.20261128T10", "blog.2", "log.2.gz.gz");
    make("log.1234567890", "log.-1", "log.2 ");
    expect(archiveOf(10 ** 10).list()).toEqual([]);
    expect(archiveOf(9, ".up").list()).toEqual([{ base: folder.at("log.2"), extensions: [".up"] }]);
  });
});

describe("a log that becomes the first old file", () => {
  it.each<[string, number, string[], Record<string, string>]>([
    ["alone", 3, [], { "log.1": "log" }],
    [
      "moves the others up",
      3,
      ["log.1", "log.2"],
      { "log.1": "log", "log.2": "log.1", "log.3": "log.2" },
    ],
    ["removes the oldest", 2, ["log.1", "log.2"], { "log.1": "log", "log.2": "log.1" }],
    ["removes the only one", 1, ["log.1"], { "log.1": "log" }],
    [
      "moves them as far as a gap",
      5,
      ["log.1", "log.3"],
      { "log.1": "log", "log.2": "log.1", "log.3": "log.3" },
    ],
    ["moves none if the first is free", 5, ["log.2"], { "log.1": "log", "log.2": "log.2" }],
    [
      "moves compressed ones with them",
      2,
      ["log.1", "log.1.gz", "log.2.zst"],
      { "log.1": "log", "log.2": "log.1", "log.2.gz": "log.1.gz" },
    ],
  ])("%s", (_, keep, there, expected) => {
    make("log", ...there);
    const { base } = archiveOf(keep).admit();
    expect([base, contents()]).toEqual([folder.at("log.1"), expected]);
  });

  it("says where the others have gone", () => {
    make("log", "log.1", "log.2", "log.3", "other");
    const { movedTo } = archiveOf(3).admit();
    const moved = ["log.1", "log.2", "log.3", "other"].map((name) => movedTo(folder.at(name)));
    expect(moved).toEqual([folder.at("log.2"), folder.at("log.3"), undefined, folder.at("other")]);
  });

  it("moves a link along, and does not follow it", () => {
    make("log", "secret");
    symlinkSync("secret", folder.at("log.1"));
    archiveOf(3).admit();
    expect(contents()).toEqual({ "log.1": "log", "log.2": "secret", secret: "secret" });
  });
});

it.each([
  [1, ["log", "log.1", "log.5"]],
  [2, ["log", "log.1", "log.2", "log.2.gz", "log.5"]],
  [3, ["log", "log.1", "log.2", "log.2.gz", "log.3", "log.5"]],
])("pruning to %i removes those that follow, up to a gap", (keep, left) => {
  make("log", "log.1", "log.2", "log.2.gz", "log.3", "log.5");
  archiveOf(keep).prune();
  expect(names()).toEqual(left);
});
