import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import type { AsyncWriteError } from "@aw/core";
import { rotating, type RotatedFile } from "@aw/file";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, describe, expect, it, vi } from "vitest";

const folder = temporaryFolder();
const names = () => readdirSync(folder.path).toSorted();
afterEach(() => void vi.useRealTimers());

describe.each(["async", "sync"] as const)("rotating by the calendar, %s", (io) => {
  it("dated names, the oldest go, and onRotate hears of each", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-28T10:00Z") });
    const rotated: RotatedFile[] = [];
    const log = await rotating(folder.at("log"), {
      io,
      every: "day",
      timeZone: "utc",
      names: "dated",
      maxBytes: 12,
      keep: 3,
      onRotate: (file) => rotated.push(file),
    });
    for (const [day, line] of [
      ["2026-11-28", "first\n"],
      ["2026-11-29", "second\n"],
      ["2026-11-29", "third\n"],
      ["2026-11-30", "fourth\n"],
      ["2026-12-02", "fifth\n"],
    ] as const) {
      vi.setSystemTime(Date.parse(`${day}T12:00Z`));
      await log.writeAll(line);
      await log.flush();
    }
    await log.close();
    expect(names()).toEqual(["log", "log.2026-11-29", "log.2026-11-29.1", "log.2026-11-30"]);
    expect(readFileSync(folder.at("log.2026-11-29.1"), "utf8")).toBe("third\n");
    expect(rotated.map(({ path, bytes }) => [path.slice(folder.path.length + 1), bytes])).toEqual([
      ["log.2026-11-28", 6],
      ["log.2026-11-29", 7],
      ["log.2026-11-29.1", 6],
      ["log.2026-11-30", 7],
    ]);
  });

  it("nobody need listen: then there is nothing to report", async () => {
    const onError = vi.fn<(error: AsyncWriteError) => void>();
    const log = await rotating(folder.at("log"), { io, maxBytes: 5, onError });
    await log.writeAll("one\ntwo\n");
    await log.close();
    expect([names(), onError.mock.calls]).toEqual([["log", "log.1"], []]);
  });

  it("a callback that throws is reported, and ends nothing", async () => {
    const errors: string[] = [];
    const log = await rotating(folder.at("log"), {
      io,
      maxBytes: 5,
      onRotate: () => {
        throw new Error("no");
      },
      onError: ({ message }: AsyncWriteError) => void errors.push(message),
    });
    await log.writeAll("one\ntwo\n");
    await log.close();
    expect(errors).toEqual(["rotate log: no"]);
  });

  it("later files are as accessible as the one before", async () => {
    writeFileSync(folder.at("log"), "old\n");
    chmodSync(folder.at("log"), 0o640);
    const log = await rotating(folder.at("log"), {
      io,
      maxBytes: 5,
      compress: "gzip",
      mode: 0o666,
    });
    await log.writeAll("one\ntwo\n");
    await log.close();
    expect(names()).toEqual(["log", "log.1.gz", "log.2.gz"]);
    for (const name of names()) expect(statSync(folder.at(name)).mode & 0o777).toBe(0o640);
  });

  it("a log that was removed or renamed is begun anew at the next rotation", async () => {
    const log = await rotating(folder.at("log"), { io, maxBytes: 5 });
    await log.writeAll("one\n");
    await log.flush();
    renameSync(folder.at("log"), folder.at("moved"));
    writeFileSync(folder.at("log"), "");
    await log.writeAll("two\n");
    await log.flush();
    rmSync(folder.at("log"));
    await log.writeAll("three\n");
    await log.close();
    expect(names()).toEqual(["log", "moved"]);
    expect(readFileSync(folder.at("log"), "utf8")).toBe("three\n");
  });
});

describe("rotating leaves alone what it should", () => {
  it("refuses what is not a regular file, before it renames anything", async () => {
    symlinkSync("/dev/null", folder.at("log"));
    await expect(rotating(folder.at("log"), { maxBytes: 5 })).rejects.toMatchObject({
      code: "ERR_AW_UNSUPPORTED",
    });
    expect(names()).toEqual(["log"]);
  });

  it("removes what is beyond a lowered keep, up to the first gap", async () => {
    for (const number of [1, 2, 3, 4, 6]) writeFileSync(folder.at(`log.${number}`), "");
    await (await rotating(folder.at("log"), { maxBytes: 5, keep: 2 })).close();
    expect(names()).toEqual(["log", "log.1", "log.2", "log.6"]);
  });

  it("a plain file beside a compressed one with other content stays, and so does that", async () => {
    writeFileSync(folder.at("log.1"), "whole\n");
    writeFileSync(folder.at("log.1.gz"), "half of it");
    const errors: string[] = [];
    const onError = ({ message }: AsyncWriteError) => void errors.push(message);
    await (await rotating(folder.at("log"), { maxBytes: 5, compress: "gzip", onError })).close();
    expect(readFileSync(folder.at("log.1"), "utf8")).toBe("whole\n");
    expect(readFileSync(folder.at("log.1.gz"), "utf8")).toBe("half of it");
    expect(errors).toEqual([expect.stringContaining("is there already, with other content")]);
  });

  it("does not compress what a link in the place of an old file points at", async () => {
    writeFileSync(folder.at("secret"), "secret\n");
    symlinkSync("secret", folder.at("log.1"));
    const onError = (): void => {};
    await (await rotating(folder.at("log"), { maxBytes: 5, compress: "gzip", onError })).close();
    expect(existsSync(folder.at("log.1.gz"))).toBe(false);
  });

  it("a clock that was set back begins the age again", async () => {
    writeFileSync(folder.at("log"), "old\n");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 3_600_000 });
    utimesSync(folder.at("log"), new Date(), new Date());
    const log = await rotating(folder.at("log"), { maxAgeMs: 60_000 });
    vi.setSystemTime(Date.now() + 59_000);
    await log.writeAll("young\n");
    await log.flush();
    expect(names()).toContain("log");
    expect(names()).not.toContain("log.1");
    vi.setSystemTime(Date.now() + 2000);
    await log.writeAll("late\n");
    await log.close();
    expect(names()).toEqual(["log", "log.1"]);
  });

  it("a name that leaves no room for those of old files is refused at once", async () => {
    await expect(rotating(folder.at("n".repeat(254)), { maxBytes: 5 })).rejects.toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
    });
    expect(names()).toEqual([]);
  });
});
