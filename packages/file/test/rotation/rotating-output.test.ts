import type { Done } from "@aw/core";
import { AsyncWriteError } from "@aw/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Limits } from "../../src/rotation/limits.ts";
import type { LogFile } from "../../src/rotation/log-file.ts";
import { RotatingOutput } from "../../src/rotation/rotating-output.ts";
import { ManualOutput } from "../manual-output.ts";

const FULL = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
const STUCK = new AsyncWriteError("ERR_AW_TIMEOUT", "it takes too long");

const bytes = (text: string) => [Buffer.from(text)];

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance", "setImmediate"] }));
afterEach(() => void vi.useRealTimers());

/** Has it that promises go on. */
const turn = () => new Promise<void>((resolve) => queueMicrotask(() => setTimeout(resolve)));

/** A rotating output over files that a test works by hand. */
function setUp(maxBytes = 10) {
  const files: (ManualOutput & { file: LogFile })[] = [];
  const open = (): LogFile => {
    const descriptor = new ManualOutput();
    const file = { descriptor: descriptor as never, stats: {} as never, size: 0, born: 0 };
    files.push(Object.assign(descriptor, { file }));
    return file;
  };
  const log: string[] = [];
  const errors: unknown[] = [];
  /** What files are, and what a rotation fails with. */
  const world = {
    isExpired: false,
    isInPlace: true,
    isDeleted: false,
    failure: undefined as unknown,
  };
  const limits = new Limits(maxBytes, Infinity, undefined);
  limits.isExpired = () => world.isExpired;
  const rotation = {
    next() {
      log.push("next");
      world.isExpired = false;
      if (world.failure !== undefined) throw world.failure;
      return open();
    },
    isInPlace() {
      log.push("look");
      return world.isInPlace;
    },
    isDeleted: () => world.isDeleted,
  };
  const output = new RotatingOutput({
    file: open(),
    limits,
    rotation: rotation as never,
    durability: "data",
    onError: (error) => void errors.push(error),
    finish: async () => void log.push("finish"),
    stop: () => void log.push("stop"),
  });
  const answers: unknown[] = [];
  const write = (text: string) => output.write(bytes(text), (error) => void answers.push(error));
  /** What each file was given, in both ways. */
  const texts = () => files.map(({ written, writtenNow }) => written.join("") + writtenNow);
  const now = (text: string) => {
    for (let rest = Buffer.from(text); rest.length > 0;) {
      rest = rest.subarray(output.writeNow([rest]));
    }
  };
  return { output, files, log, errors, world, answers, write, texts, now };
}

describe("which file a line is in", () => {
  it.each([
    ["one\ntwo\n12", ["one\ntwo\n12"]],
    ["one\ntwo\n123", ["one\ntwo\n", "123"]],
    ["one\ntwo\nsix\nten\n", ["one\ntwo\n", "six\nten\n"]],
    ["a longer line\none\n", ["a longer line\n", "one\n"]],
    ["one\na longer line\ntwo\n", ["one\n", "a longer line\n", "two\n"]],
    ["no end at all", ["no end at all"]],
    ["one\n123456789\nten\n", ["one\n", "123456789\n", "ten\n"]],
  ])("%j", (text, expected) => {
    const later = setUp();
    later.write(text);
    for (let answer = 0; answer < 10; answer++) later.files.at(-1)?.answer();
    expect([later.texts(), later.answers]).toEqual([expected, [undefined]]);
    const { texts, now } = setUp();
    now(text);
    expect(texts()).toEqual(expected);
  });

  it("its rest goes where its start is, over the limit", () => {
    for (const pieces of [
      ["one\nbeg", "un here\nnext\n"],
      ["one\nbeg", "un ", "here\n", "next\n"],
    ]) {
      const { texts, now, files } = setUp();
      for (const piece of pieces) now(piece);
      expect(texts()).toEqual(["one\nbegun here\n", "next\n"]);
      expect(files.map(({ file }) => file.size)).toEqual([15, 5]);
    }
  });

  it("its rest goes where its start is, after short writes too", () => {
    const { texts, now, files } = setUp();
    files[0]!.max = 3;
    now("one\ntwo\nsix\nten\n");
    expect(texts()).toEqual(["one\ntwo\n", "six\nten\n"]);
  });

  it("begins the next file if the one that was opened is full", () => {
    const { texts, now, files } = setUp();
    files[0]!.file.size = 8;
    now("six\n");
    expect(texts()).toEqual(["", "six\n"]);
  });

  it("fills a file to the last byte", () => {
    const { texts, now } = setUp();
    for (const line of ["one\n", "two\n", "6\n", "7\n"]) now(line);
    expect(texts()).toEqual(["one\ntwo\n6\n", "7\n"]);
  });

  it("ends with the rest of its line, and not with those after it", () => {
    const { texts, now } = setUp();
    for (const piece of ["a line that is longer", " still\nmore\nnext\n"]) now(piece);
    expect(texts()).toEqual(["a line that is longer still\n", "more\nnext\n"]);
  });

  it.each([
    [
      ["on", "e\n"],
      ["one\n", "a longer line\n"],
    ],
    [["one\n", "tw"], ["one\ntwa longer line\n"]],
  ])("begins where buffers end: %j", (pieces, expected) => {
    const { output, files, texts } = setUp();
    output.write(
      pieces.map((piece) => Buffer.from(piece)),
      () => {},
    );
    files[0]?.answer();
    output.write(bytes("a longer line\n"), () => {});
    expect(texts()).toEqual(expected);
  });

  it("all that fits is passed on as it is, in one call", () => {
    const { output, files, answers } = setUp();
    const bufs = [...bytes("one\n"), ...bytes("two\n")];
    const given = vi.spyOn(files[0] as ManualOutput, "write");
    output.write(bufs, (error) => void answers.push(error));
    expect(given.mock.calls[0]?.[0]).toBe(bufs);
    files[0]?.answer();
    expect([answers, files[0]?.file.size]).toEqual([[undefined], 8]);
    output.write(bytes("th"), () => {});
    expect(given).toHaveBeenCalledTimes(2);
  });
});

describe("an old file", () => {
  it("is followed by another one at the start of a line", () => {
    const { texts, now, world, write, files, answers } = setUp(100);
    now("one\n");
    world.isExpired = true;
    now("two\nsix");
    world.isExpired = true;
    now("ty\nseventy\n");
    expect(texts()).toEqual(["one\n", "two\nsixty\n", "seventy\n"]);
    world.isExpired = true;
    write("last\n");
    files.at(-1)?.answer();
    expect([texts()[3], answers]).toEqual(["last\n", [undefined]]);
  });

  it("is synced and closed; a flush waits for that, and it is synced at once too", async () => {
    const { output, files, now, log } = setUp();
    let answer: Done | undefined;
    files[0]!.sync = (durability, done) => {
      files[0]?.calls.push(`sync ${durability}`);
      answer = done;
    };
    now("one\ntwo\nsix\n");
    let isSynced = false;
    output.sync("full", () => (isSynced = true));
    output.syncNow("full");
    await turn();
    expect([isSynced, files[0]?.calls]).toEqual([false, ["sync data", "syncNow full"]]);
    answer?.();
    await turn();
    expect([isSynced, files[0]?.calls.at(-1)]).toEqual([true, "close"]);
    expect(files[1]?.calls).toEqual(["sync full", "syncNow full"]);
    output.syncNow("full");
    expect(files[0]?.calls).toHaveLength(3);
    expect([output.bytesWritten, log]).toEqual([0, ["next"]]);
  });

  it("that can't be closed is reported, and dropped", async () => {
    const { files, now, errors } = setUp();
    files[0]!.failures.close = FULL;
    now("one\ntwo\nsix\n");
    await turn();
    expect([errors, files[0]?.calls]).toEqual([[FULL], ["sync data", "close", "drop"]]);
  });

  it("counts: bytes are those of all files", () => {
    const { output, files, now } = setUp();
    files[0]!.bytesWritten = 8;
    now("one\ntwo\nsix\n");
    files[1]!.bytesWritten = 4;
    expect([output.bytesWritten, output.settles]).toEqual([12, true]);
  });
});

describe("a rotation that fails", () => {
  it("is reported, put off for a second, and the file goes on", () => {
    const { texts, now, world, errors } = setUp();
    now("one\ntwo\n");
    world.failure = FULL;
    now("six\nten\n");
    vi.advanceTimersByTime(999);
    now("more\n");
    expect([texts(), errors]).toEqual([["one\ntwo\nsix\nten\nmore\n"], [FULL]]);
    vi.advanceTimersByTime(1);
    world.failure = undefined;
    now("new\n");
    expect([texts()[1], errors.length]).toEqual(["new\n", 1]);
  });

  it("after the file was deleted is a failure of the write: lines wait", () => {
    const { output, files, texts, write, now, world, answers, errors } = setUp();
    now("one\ntwo\n");
    world.failure = FULL;
    world.isDeleted = true;
    expect(() => output.writeNow(bytes("six\n"))).toThrow(FULL);
    write("six\nten\n");
    expect([answers, errors, output.unwritten.map(String)]).toEqual([[FULL], [], ["six\nten\n"]]);
    expect(texts()).toEqual(["one\ntwo\n"]);
    world.failure = undefined;
    write("six\nten\n");
    files[1]?.answer();
    expect([answers.length, texts()[1]]).toEqual([2, "six\nten\n"]);
  });
});

describe("a file that was moved away", () => {
  it("is looked for once in a second, and followed by a new one", () => {
    const { texts, now, write, files, log, world } = setUp(100);
    world.isInPlace = false;
    for (const line of ["one\n", "two\n"]) {
      write(line);
      files[0]?.answer();
    }
    expect(log).toEqual([]);
    vi.advanceTimersByTime(1000);
    write("six\n");
    expect(log).toEqual(["look", "next"]);
    files[1]?.answer();
    world.isInPlace = true;
    now("ten\n");
    vi.advanceTimersByTime(1000);
    now("in place\n");
    now("still\n");
    expect(log).toEqual(["look", "next", "look"]);
    expect(texts()).toEqual(["one\ntwo\n", "six\nten\nin place\nstill\n"]);
  });
});

describe("a write that fails", () => {
  it("leaves what the file did not take, and all that comes after it", () => {
    const { output, files, write, answers } = setUp();
    write("one\ntwo\nsix\nten\n");
    files[0]?.answer(FULL, 5);
    expect([answers, output.unwritten.map(String)]).toEqual([[FULL], ["wo\n", "six\nten\n"]]);
    expect(files[0]?.file.size).toBe(5);
  });

  it("and took whole lines goes on in the next file", () => {
    const { output, files, write, texts } = setUp();
    write("one\ntwo\n");
    files[0]?.answer(FULL, 4);
    expect(output.unwritten.map(String)).toEqual(["two\n"]);
    write("a longer line\n");
    expect(texts()[1]).toBe("a longer line\n");
  });

  it("and took nothing changes nothing", () => {
    const { files, write, texts } = setUp();
    write("one\n");
    files[0]?.answer();
    write("two\n");
    files[0]?.answer(FULL);
    write("a longer line\n");
    expect([texts()[1], files[0]?.file.size]).toEqual(["a longer line\n", 4]);
  });

  it("and took a part of a line goes on in the same file", () => {
    const { files, write } = setUp();
    write("one\ntwo\n");
    files[0]?.answer(FULL, 5);
    write("wo is longer\n");
    expect(files[0]?.written.at(-1)).toBe("wo is longer\n");
  });
});

describe("what is in flight", () => {
  it("is brought to its end with all that comes after it, and answered later, once", () => {
    const { output, files, write, answers, texts } = setUp();
    write("one\ntwo\nsix\nten\n");
    output.settle();
    expect([files[0]?.calls[0], texts(), answers]).toEqual([
      "settle",
      ["one\ntwo\n", "six\nten\n"],
      [],
    ]);
    files[0]?.answer();
    vi.runAllTicks();
    vi.advanceTimersByTime(1);
    expect([answers, texts()]).toEqual([[undefined], ["one\ntwo\n", "six\nten\n"]]);
    expect(files.map(({ file }) => file.size)).toEqual([8, 8]);
    output.settle();
    expect(files[1]?.calls).toEqual([]);
  });

  it("and fails leaves what was not taken", () => {
    const { output, files, write, answers } = setUp();
    write("one\ntwo\nsix\n");
    files[0]!.failures.settle = FULL;
    files[0]!.unwritten = bytes("two\n");
    expect(() => output.settle()).toThrow(FULL);
    expect(output.unwritten.map(String)).toEqual(["two\n", "six\n"]);
    vi.advanceTimersByTime(1);
    expect([answers.length, files[0]?.file.size]).toEqual([1, 4]);
  });

  it("and fails after it in the next file leaves the rest", () => {
    const { output, files, write, world } = setUp();
    write("one\ntwo\nsix\nten\n");
    // Of an earlier failure.
    files[0]!.unwritten = bytes("old\n");
    world.failure = FULL;
    world.isDeleted = true;
    expect(() => output.settle()).toThrow(FULL);
    expect([output.unwritten.map(String), files[0]?.file.size]).toEqual([["six\nten\n"], 8]);
  });

  it("and is stuck stays in flight, and is answered when it lands", () => {
    const { output, files, write, answers } = setUp();
    write("one\n");
    files[0]!.failures.settle = STUCK;
    expect(() => output.settle()).toThrow(STUCK);
    vi.advanceTimersByTime(1);
    expect(answers).toEqual([]);
    files[0]?.answer();
    expect([answers, files[0]?.file.size]).toEqual([[undefined], 4]);
  });
});

describe("the end", () => {
  it("closes the file once those before are closed, and waits for the background", async () => {
    const { output, files, now, log } = setUp();
    now("one\ntwo\nsix\n");
    const answers: unknown[] = [];
    output.close((error) => void answers.push(error));
    await turn();
    expect([answers, log, files.map(({ calls }) => calls)]).toEqual([
      [undefined],
      ["next", "finish"],
      [["sync data", "close"], ["close"]],
    ]);
  });

  it("fails with what closing failed with", async () => {
    const { output, files, log } = setUp();
    files[0]!.failures.close = FULL;
    const answers: unknown[] = [];
    output.close((error) => void answers.push(error));
    await turn();
    expect([answers, log]).toEqual([[FULL], []]);
  });

  it("by dropping stops the background, and waits until every file is released", () => {
    const { output, files, now, log } = setUp();
    const drops: (() => void)[] = [];
    files[0]!.sync = () => {};
    files[0]!.drop = (dropped) => void drops.push(dropped);
    now("one\ntwo\nsix\n");
    let isDropped = false;
    output.drop(() => (isDropped = true));
    expect([log, files[1]?.calls, isDropped]).toEqual([["next", "stop"], ["drop"], false]);
    drops[0]?.();
    expect(isDropped).toBe(true);
  });
});
