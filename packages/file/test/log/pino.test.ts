import { readFileSync, readdirSync, renameSync } from "node:fs";
import type { AsyncWriteError } from "@aw/core";
import { logDestination, open } from "@aw/file";
import { pino } from "pino";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it } from "vitest";
import { run } from "../children/run.ts";

const folder = temporaryFolder();
const COUNT = 3500;

it("a destination whose writer has ended, by an abort too, is not seen to at exit", async () => {
  const { code, stdout, stderr } = await run("exit-set.ts", folder.path);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toEqual({
    alive: 0,
    reports: ["late: ERR_AW_ABORTED 1", "late: ERR_AW_ABORTED 2"],
  });
});

describe.each(["async", "sync"] as const)("pino, %s", (io) => {
  it.each([
    ["return", 0],
    ["end", 0],
    ["exit", 3],
    ["end and exit", 3],
    ["throw", 1],
    ["fatal", 0],
  ] as const)("keeps every line at %s", async (ending, expected) => {
    const { code, stderr } = await run("pino-ends.ts", folder.path, String(COUNT), ending, io);
    expect(stderr.includes("Error")).toBe(ending === "throw");
    expect(code).toBe(expected);
    const count = ending === "fatal" ? COUNT + 1 : COUNT;
    for (const log of ["append", "rotating"]) {
      const indexes = linesOf(log).map((line) => (JSON.parse(line) as { index: number }).index);
      expect(indexes).toEqual(Array.from({ length: count }, (_, index) => index));
    }
  });

  it("flushes when asked, and never throws: what is lost is counted", async () => {
    const path = folder.at("log");
    const out = await open(path, { flags: "a", io });
    const lost: [string, number][] = [];
    const onError = (error: AsyncWriteError, lines: number) => lost.push([error.code, lines]);
    const destination = logDestination(out, { onError });
    const log = pino(destination);
    log.info("one");
    await new Promise<void>((resolve, reject) => {
      log.flush((error) => (error === undefined ? resolve() : reject(error)));
    });
    expect(readFileSync(path, "utf8")).toMatch(/"msg":"one"\}\n$/);
    await new Promise((resolve) => destination.end(resolve));
    log.info("two");
    expect(lost).toEqual([["ERR_AW_CLOSED", 1]]);
  });

  it("a disk that is full: flush says so, end counts what is lost", async () => {
    const lost: [string, number][] = [];
    const onError = (error: AsyncWriteError, lines: number) => lost.push([error.code, lines]);
    const destination = logDestination(await open("/dev/full", { io: "sync" }), { onError });
    const log = pino(destination);
    log.info("lost");
    expect(await new Promise((resolve) => log.flush(resolve))).toMatchObject({
      code: "ERR_AW_NO_SPACE",
    });
    log.info("more");
    destination.flushSync();
    expect(await new Promise((resolve) => destination.end(resolve))).toMatchObject({
      code: "ERR_AW_NO_SPACE",
    });
    expect(lost).toEqual([
      ["ERR_AW_NO_SPACE", 0],
      ["ERR_AW_NO_SPACE", 2],
    ]);
  });

  it("a flush or reopen that waits is no obstacle to a line, and the order holds", async () => {
    const path = folder.at("log");
    const out = await open(path, { flags: "a", io });
    const destination = logDestination(out);
    destination.write("one\n");
    destination.flush();
    destination.write("two\n");
    renameSync(path, `${path}.1`);
    const reopened = out.reopen();
    for (let index = 0; index < 30; index++) destination.write("x".repeat(100_000) + "\n");
    await reopened;
    await new Promise((resolve) => destination.end(resolve));
    expect(readFileSync(`${path}.1`, "utf8")).toBe("one\ntwo\n");
    expect(readFileSync(path, "utf8")).toBe(`${"x".repeat(100_000)}\n`.repeat(30));
  });
});

/** The lines of all files of a log, the oldest first. */
function linesOf(log: string): string[] {
  const old = readdirSync(folder.path)
    .map((name) => Number(new RegExp(`^${log}\\.(\\d+)$`).exec(name)?.[1] ?? 0))
    .filter((number) => number > 0)
    .toSorted((a, b) => b - a);
  const names = [...old.map((number) => `${log}.${number}`), log];
  return names.flatMap((name) => {
    const text = readFileSync(folder.at(name), "utf8");
    return text === "" ? [] : text.trimEnd().split("\n");
  });
}
