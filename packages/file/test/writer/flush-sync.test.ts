import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { open, type FileWriter } from "@aw/file";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it } from "vitest";

const folder = temporaryFolder();
const turn = () => new Promise((resolve) => setImmediate(resolve));

const WAYS = (["async", "sync"] as const).flatMap((io) =>
  (["w", "a"] as const).flatMap((flags) =>
    (["none", "data"] as const).map((durability) => ({ io, flags, durability })),
  ),
);

it.each(WAYS)("flushSync, %o: all is in the file when it returns", async (options) => {
  const path = folder.at("out");
  const out = await open(path, options);
  let expected = "";
  const expectFile = () => {
    out.flushSync();
    expect(readFileSync(path, "utf8") === expected).toBe(true);
  };
  out.flushSync();
  for (let round = 0; round < 60; round++) {
    const text = `${round}: ${"x".repeat((round * 37_619) % 1_500_000)}${round % 3 === 0 ? "" : "\n"}`;
    expected += text;
    // Two slabs at most are taken; the second one is staged while the first one leaves.
    const bytes = Buffer.from(text);
    const accepted = out.tryWrite(bytes);
    if (accepted < bytes.length) {
      // The thread pool is at it: here it is overtaken, or waited for.
      out.flushSync();
      out.writeSync(bytes.subarray(accepted));
    }
    if (round % 4 === 1) await turn();
    if (round % 4 !== 3) expectFile();
    if (round % 10 === 9) await out.flush();
  }
  expectFile();
  await out.close();
  out.flushSync();
  expect(readFileSync(path, "utf8") === expected).toBe(true);
});

it.each(WAYS)("writeSync, %o: takes everything in order", async (options) => {
  const path = folder.at("out");
  const out = await open(path, options);
  const pieces: Buffer[] = [];
  for (let index = 0; index < 300; index++) {
    const piece = randomBytes(index % 50 === 0 ? 700_000 : index);
    pieces.push(piece);
    out.writeSync(piece);
  }
  out.writeSync("text: µ\n");
  pieces.push(Buffer.from("text: µ\n"));
  await out.close();
  expect(Buffer.compare(readFileSync(path), Buffer.concat(pieces))).toBe(0);
});

it("a write that waits gets room from flushSync, and writeSync does not overtake it", async () => {
  const path = folder.at("out");
  const out = await open(path);
  const waiting = out.writeAll(Buffer.alloc(5_000_000, "a"));
  expect(() => out.writeSync("b")).toThrow(expect.objectContaining({ code: "ERR_AW_UNSUPPORTED" }));
  out.flushSync();
  await waiting;
  out.writeSync("b");
  await out.close();
  expect(readFileSync(path, "utf8") === `${"a".repeat(5_000_000)}b`).toBe(true);
});

it("another process's lines in between do no harm", async () => {
  const path = folder.at("log");
  const out = await open(path, { flags: "a" });
  const others = await open(path, { flags: "a", io: "sync" });
  let expected = "";
  for (let round = 0; round < 200; round++) {
    const lines = `${round} ${"x".repeat(round * 100)}\n`;
    expected += lines;
    out.writeSync(lines);
    await turn(); // the thread pool is at it
    others.writeSync("other\n".repeat(100));
    out.flushSync();
    others.flushSync();
  }
  await out.close();
  await others.close();
  expect(readFileSync(path, "utf8").replaceAll("other\n", "") === expected).toBe(true);
});

it.each(["async", "sync"] as const)(
  "a full disk is reported by flushSync, and later again, %s",
  async (io) => {
    const out = await open("/dev/full", { io });
    out.writeSync("does not fit");
    const failure = thrownBy(() => out.flushSync());
    expect(failure).toMatchObject({ code: "ERR_AW_NO_SPACE", cause: { code: "ENOSPC" } });
    expect(thrownBy(() => out.flushSync())).toBe(failure);
    expect(thrownBy(() => out.writeSync("more"))).toBe(failure);
    await expect(out.close()).rejects.toBe(failure);
  },
);

function thrownBy(action: () => void): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("it did not throw");
}

it("refuses after close and abort", async () => {
  const out: FileWriter = await open(folder.at("out"));
  await out.close();
  expect(() => out.writeSync("late")).toThrow(expect.objectContaining({ code: "ERR_AW_CLOSED" }));
  const aborted = await open(folder.at("out"));
  aborted.abort();
  expect(() => aborted.flushSync()).toThrow(expect.objectContaining({ code: "ERR_AW_ABORTED" }));
});
