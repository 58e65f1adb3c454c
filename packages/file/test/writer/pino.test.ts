import { readFileSync, readdirSync } from "node:fs";
import { logDestination, open } from "@aw/file";
import { pino } from "pino";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it } from "vitest";
import { run } from "../children/run.ts";

const folder = temporaryFolder();
const COUNT = 3500;

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

  it("flushes when asked, and reports a failure to who logs", async () => {
    const path = folder.at("log");
    const out = await open(path, { flags: "a", io });
    const destination = logDestination(out);
    const log = pino(destination);
    log.info("one");
    await new Promise<void>((resolve, reject) => {
      log.flush((error) => (error === undefined ? resolve() : reject(error)));
    });
    expect(readFileSync(path, "utf8")).toMatch(/"msg":"one"\}\n$/);
    await new Promise((resolve) => destination.end(resolve));
    expect(() => log.info("two")).toThrow(expect.objectContaining({ code: "ERR_AW_CLOSED" }));

    const fullDestination = logDestination(await open("/dev/full", { io: "sync" }));
    const full = pino(fullDestination);
    full.info("lost");
    const failed = new Promise((resolve) => full.flush(resolve));
    expect(await failed).toMatchObject({ code: "ERR_AW_NO_SPACE" });
    expect(() => full.info("more")).toThrow(expect.objectContaining({ code: "ERR_AW_NO_SPACE" }));
    // Else it would be told at exit once more.
    const ended = new Promise((resolve) => fullDestination.end(resolve));
    expect(await ended).toMatchObject({ code: "ERR_AW_NO_SPACE" });
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
