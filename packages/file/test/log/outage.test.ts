import { AsyncWriteError } from "@aw/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RecoveringOutput } from "../../src/log/recovering-output.ts";
import { ManualOutput } from "../manual-output.ts";

/** Passes. */
const FULL = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
/** Doesn't. */
const NO_READER = Object.assign(new Error("broken pipe"), { code: "EPIPE" });
/** The thread pool does not come to an end: the write is in flight still. */
const STUCK = new AsyncWriteError("ERR_AW_TIMEOUT", "it takes too long");

const bytes = (text: string) => [Buffer.from(text)];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A log over an output that the test works by hand, and what was reported. */
function setUp(maxBacklog = 1000) {
  const inner = new ManualOutput();
  const reports: [string, number][] = [];
  const onError = ({ code }: AsyncWriteError, lost: number) => void reports.push([code, lost]);
  const log = new RecoveringOutput(inner, "log", { maxBacklog, onError });
  /** How often writes were answered, and with what. */
  const answers: unknown[] = [];
  const write = (text: string) => log.write(bytes(text), (error) => void answers.push(error));
  /** Has a write fail, of which the file took the first bytes. */
  const fail = (text: string, taken = 0) => {
    write(text);
    inner.answer(FULL, taken);
  };
  return { inner, log, reports, answers, write, fail };
}

describe("a write that fails", () => {
  it("is answered as if all was well, reported, and made again later", () => {
    const { inner, reports, answers, fail } = setUp();
    fail("one\ntwo\n", 4);
    expect([answers, reports]).toEqual([[undefined], [["ERR_AW_NO_SPACE", 0]]]);
    vi.advanceTimersByTime(49);
    expect(inner.written).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(inner.written).toEqual(["one\ntwo\n", "two\n"]);
    inner.answer();
    vi.advanceTimersByTime(10_000);
    expect([inner.written.length, reports.length]).toEqual([2, 1]);
  });

  it("for good fails the log, and is not made again", () => {
    const { inner, reports, answers, write } = setUp();
    write("one\n");
    inner.answer(NO_READER);
    vi.advanceTimersByTime(10_000);
    expect([answers, reports, inner.written]).toEqual([[NO_READER], [], ["one\n"]]);
  });

  it("because its descriptor was closed is one for good: the number may be another file's", () => {
    const { inner, answers, write } = setUp();
    const closed = Object.assign(new Error("bad file descriptor"), { code: "EBADF" });
    write("one\n");
    inner.answer(closed);
    expect([answers, vi.getTimerCount()]).toEqual([[closed], 0]);
  });

  it("synchronously, too", () => {
    const { inner, log, reports } = setUp();
    inner.failures.write = FULL;
    expect(log.writeNow([Buffer.alloc(0), ...bytes("one\n")])).toBe(4);
    expect(reports).toEqual([["ERR_AW_NO_SPACE", 0]]);
    delete inner.failures.write;
    vi.advanceTimersByTime(50);
    expect(inner.written).toEqual(["one\n"]);
  });

  it("synchronously and for good is thrown", () => {
    const { inner, log, reports } = setUp();
    inner.failures.write = NO_READER;
    expect(() => log.writeNow(bytes("one\n"))).toThrow(NO_READER);
    expect(reports).toEqual([]);
  });

  it("is made again after waits that double up to 5 s, and are short again after a success", () => {
    const { inner, fail } = setUp();
    fail("one\n");
    const waits: number[] = [];
    let before = Date.now();
    for (let attempt = 0; attempt < 10; attempt++) {
      vi.advanceTimersToNextTimer();
      waits.push(Date.now() - before);
      before = Date.now();
      if (attempt === 8) inner.answer();
      else inner.answer(FULL);
      if (attempt === 8) fail("two\n");
    }
    expect(waits).toEqual([50, 100, 200, 400, 800, 1600, 3200, 5000, 5000, 50]);
  });

  it("is told to who listens, until they stop", () => {
    const { inner, log, fail } = setUp();
    const codes: string[] = [];
    const stop = log.onFailedAttempt(({ code }) => void codes.push(code));
    fail("one\n");
    vi.advanceTimersByTime(50);
    inner.answer(FULL);
    stop();
    vi.advanceTimersByTime(100);
    inner.answer(FULL);
    expect(codes).toEqual(["ERR_AW_NO_SPACE", "ERR_AW_NO_SPACE"]);
  });
});

describe("during an outage", () => {
  it("lines wait in order, and are answered at once", () => {
    const { inner, log, answers, write, fail } = setUp();
    fail("one\n");
    write("two\n");
    expect(log.writeNow(bytes("three\n"))).toBe(6);
    expect([answers.length, inner.written.length, inner.writtenNow]).toEqual([2, 1, ""]);
    vi.advanceTimersByTime(50);
    expect(inner.written[1]).toBe("one\ntwo\nthree\n");
  });

  it("a line without room has one more attempt, and is lost and counted after that", () => {
    const { inner, reports, answers, write, fail } = setUp(8);
    fail("one\n");
    write("two\nthree\n");
    expect([answers.length, inner.written[1]]).toEqual([1, "one\n"]);
    inner.answer(FULL);
    expect(answers).toHaveLength(2);
    vi.advanceTimersByTime(1000);
    inner.answer();
    inner.answer();
    expect(inner.written.at(-1)).toBe("one\ntwo\n");
    expect(reports).toEqual([
      ["ERR_AW_NO_SPACE", 0],
      ["ERR_AW_NO_SPACE", 1],
    ]);
  });

  it("a line without room is written as it is if that attempt succeeds", () => {
    const { inner, reports, answers, write, fail } = setUp(8);
    fail("one\n");
    write("two\nthree\n");
    inner.answer();
    expect([answers.length, inner.written[2]]).toEqual([1, "two\nthree\n"]);
    inner.answer();
    expect([answers.length, reports]).toEqual([2, [["ERR_AW_NO_SPACE", 0]]]);
  });

  it("a synchronous line without room has one more attempt, too", () => {
    const { inner, log, reports, fail } = setUp(8);
    fail("one\n");
    inner.max = 3;
    expect(log.writeNow(bytes("two\nthree\n"))).toBe(10);
    expect([inner.writtenNow, inner.written.length]).toEqual(["one\ntwo\nthree\n", 1]);
    expect(reports).toEqual([["ERR_AW_NO_SPACE", 0]]);
    inner.failures.write = FULL;
    log.writeNow(bytes("four\n"));
    log.writeNow(bytes("five\n"));
    delete inner.failures.write;
    log.settle();
    expect(inner.writtenNow).toBe("one\ntwo\nthree\nfour\n");
    expect(reports.at(-1)).toEqual(["ERR_AW_NO_SPACE", 1]);
  });

  it("a synchronous line that has room waits, and disturbs nobody", () => {
    const { inner, log, fail } = setUp(8);
    fail("one\n");
    log.writeNow(bytes("two\n"));
    expect(inner.writtenNow).toBe("");
  });

  it("lost lines are reported once in a second, and when it is over", () => {
    const { inner, log, reports, fail } = setUp(4);
    fail("one\n");
    inner.failures.write = FULL;
    for (let tenth = 0; tenth < 25; tenth++) {
      vi.advanceTimersByTime(100);
      log.writeNow(bytes("lost\n"));
    }
    // Before it is over, too.
    expect(reports.length).toBeGreaterThan(2);
    delete inner.failures.write;
    // What is in flight may not fail as what is written synchronously does.
    log.settle();
    const lost = reports.map(([, count]) => count);
    expect(lost.reduce((sum, count) => sum + count)).toBe(25);
    expect(lost.length).toBeLessThanOrEqual(4);
    expect(inner.written.slice(1).every((text) => text === "one\n")).toBe(true);
  });

  it("a sync waits for the end of it, with an attempt at once", () => {
    const { inner, log, fail } = setUp();
    fail("one\n");
    let isSynced = false;
    log.sync("data", () => (isSynced = true));
    expect([inner.written.length, isSynced]).toEqual([2, false]);
    inner.answer(FULL);
    expect(isSynced).toBe(false);
    vi.advanceTimersByTime(1000);
    inner.answer();
    expect([isSynced, inner.calls]).toEqual([true, ["sync data"]]);
  });

  it("nothing is synced synchronously: there is no use in it", () => {
    const { inner, log, fail } = setUp();
    fail("one\n");
    log.syncNow("full");
    expect(inner.calls).toEqual([]);
  });

  it("settling writes what waits, synchronously", () => {
    const { inner, log, fail } = setUp();
    fail("one\ntwo\n", 4);
    log.settle();
    expect([inner.writtenNow, inner.calls, vi.getTimerCount()]).toEqual(["two\n", [], 0]);
    log.writeNow(bytes("three\n"));
    expect(inner.writtenNow).toBe("two\nthree\n");
    vi.advanceTimersByTime(10_000);
    expect(inner.written).toHaveLength(1);
  });

  it("settling without a hurry writes what waits, too", () => {
    const { inner, log, fail } = setUp();
    fail("one\n");
    log.settle(false);
    expect([inner.writtenNow, vi.getTimerCount()]).toEqual(["one\n", 0]);
  });

  it("settling brings to its end what had waited for room", () => {
    const { inner, log, answers, write, fail } = setUp(4);
    fail("one\n");
    write("two\nthree\n");
    log.settle();
    expect([inner.calls, inner.written[2]]).toEqual([["settle", "settle"], "two\nthree\n"]);
    inner.answer();
    inner.answer();
    expect(answers).toEqual([undefined, undefined]);
    expect(inner.written).toHaveLength(3);
  });

  it("nobody waits for an attempt in flight who need not: it may fail as well", () => {
    const { inner, log, answers, write, fail } = setUp(4);
    fail("one\n");
    write("two\nthree\n");
    log.settle(false);
    expect([inner.calls, answers.length]).toEqual([[], 2]);
  });

  it("settling that fails leaves everything waiting, and is a failed attempt", () => {
    const { inner, log, reports, fail } = setUp();
    fail("one\n");
    let attempts = 0;
    log.onFailedAttempt(() => attempts++);
    inner.failures.write = FULL;
    log.settle();
    expect(attempts).toBe(1);
    delete inner.failures.write;
    vi.advanceTimersByTime(100);
    expect(inner.written).toEqual(["one\n", "one\n"]);
    expect(reports).toHaveLength(1);
  });
});

describe("all is well", () => {
  it("everything is passed on as it is", () => {
    const { inner, log, answers, write, reports } = setUp();
    write("one\n");
    inner.answer();
    inner.max = 3;
    expect(log.writeNow(bytes("two\n"))).toBe(4);
    log.sync("data", (error) => void answers.push(error));
    log.syncNow("full");
    log.settle();
    expect([inner.written, inner.writtenNow]).toEqual([["one\n"], "two\n"]);
    expect([answers, inner.calls]).toEqual([
      [undefined, undefined],
      ["sync data", "syncNow full"],
    ]);
    expect([reports, log.unwritten]).toEqual([[], []]);
  });

  it("a sync that fails is reported, and no more", () => {
    const { inner, log, reports } = setUp();
    inner.failures = { sync: FULL, syncNow: FULL };
    const answers: unknown[] = [];
    log.sync("data", (error) => void answers.push(error));
    log.syncNow("data");
    expect(answers).toEqual([undefined]);
    expect(reports).toEqual([
      ["ERR_AW_NO_SPACE", 0],
      ["ERR_AW_NO_SPACE", 0],
    ]);
  });
});

describe("what is in flight", () => {
  it("is brought to its end by settling, and its answer is moot", () => {
    const { inner, log, answers, write } = setUp();
    write("one\n");
    log.settle();
    expect(inner.calls).toEqual(["settle"]);
    log.writeNow(bytes("two\n"));
    expect(inner.writtenNow).toBe("two\n");
    inner.answer(FULL);
    expect(answers).toEqual([undefined]);
    vi.advanceTimersByTime(10_000);
    expect(inner.written).toHaveLength(1);
  });

  it("has an answer that says nothing of the write after it", () => {
    const { inner, log, write } = setUp();
    write("one\n");
    log.settle();
    write("two\n");
    inner.answers.shift()?.();
    log.writeNow(bytes("three\n"));
    expect(inner.writtenNow).toBe("");
    inner.answers.shift()?.();
    expect(inner.written).toEqual(["one\n", "two\n", "three\n"]);
    // The same of a write of what had waited.
    log.settle();
    write("four\n");
    inner.answers.shift()?.();
    log.writeNow(bytes("five\n"));
    expect(inner.writtenNow).toBe("");
  });

  it("is not waited for by who need not: lines wait behind it", () => {
    const { inner, log, write } = setUp();
    write("one\n");
    log.settle(false);
    log.writeNow(bytes("two\n"));
    expect([inner.calls, inner.writtenNow]).toEqual([[], ""]);
    inner.answer();
    expect(inner.written).toEqual(["one\n", "two\n"]);
  });

  it("is waited for before lines are lost", () => {
    const { inner, log, reports, write } = setUp(4);
    write("one\n");
    log.writeNow(bytes("two\n"));
    log.writeNow(bytes("three\n"));
    expect([inner.calls, inner.writtenNow]).toEqual([["settle"], "two\nthree\n"]);
    expect(reports).toEqual([]);
  });

  it("and fails while it is waited for: what is left is written again", () => {
    const { inner, log, reports, write } = setUp();
    write("one\ntwo\n");
    inner.failures.settle = FULL;
    inner.unwritten = bytes("two\n");
    inner.failures.write = FULL;
    log.settle();
    expect(reports).toEqual([["ERR_AW_NO_SPACE", 0]]);
    inner.failures = {};
    vi.advanceTimersByTime(200);
    expect(inner.written[1]).toBe("two\n");
  });

  it("and fails for good while it is waited for: that is thrown", () => {
    const { inner, log, write } = setUp();
    write("one\n");
    inner.failures.settle = NO_READER;
    expect(() => log.settle()).toThrow(NO_READER);
  });

  it("of the backlog is written once, however it ends", () => {
    const { inner, log, fail } = setUp();
    fail("one\n");
    log.writeNow(bytes("two\n"));
    vi.advanceTimersByTime(50);
    log.settle();
    inner.answer();
    expect([inner.written, inner.writtenNow]).toEqual([["one\n", "one\ntwo\n"], ""]);
    log.writeNow(bytes("three\n"));
    expect(inner.writtenNow).toBe("three\n");
  });

  it("and stuck in the thread pool is not waited for again and again", () => {
    const { inner, log, reports, answers, write } = setUp(4);
    write("one\n");
    inner.failures.settle = STUCK;
    log.settle();
    expect(reports).toEqual([["ERR_AW_TIMEOUT", 0]]);
    for (const text of ["two\n", "lost\n"]) log.writeNow(bytes(text));
    write("lost\n");
    expect(answers).toHaveLength(1);
    expect([inner.calls, inner.writtenNow]).toEqual([["settle"], ""]);
    delete inner.failures.settle;
    inner.answer();
    inner.answer();
    expect(inner.written).toEqual(["one\n", "two\n"]);
    expect(reports.at(-1)).toEqual(["ERR_AW_TIMEOUT", 2]);
  });

  it("and stuck is lost for all that is known when the log is dropped", () => {
    const { inner, log, reports, write } = setUp();
    write("one\ntwo\n");
    inner.failures.settle = STUCK;
    log.settle();
    log.drop(() => {});
    expect(reports.at(-1)).toEqual(["ERR_AW_TIMEOUT", 2]);
  });
});

describe("close", () => {
  it("makes a last attempt, and all is well if that succeeds", () => {
    const { inner, log, reports, fail } = setUp();
    let ends = 0;
    log.onEnd(() => ends++);
    fail("one\n");
    const answers: unknown[] = [];
    log.close((error) => void answers.push(error));
    expect([answers, inner.writtenNow, inner.calls]).toEqual([[undefined], "one\n", ["close"]]);
    expect([ends, reports]).toEqual([1, [["ERR_AW_NO_SPACE", 0]]]);
    log.drop(() => {});
    expect(ends).toBe(1);
  });

  it("rejects if that fails, and counts what is lost", () => {
    const { inner, log, reports, fail } = setUp();
    let ends = 0;
    log.onEnd(() => ends++);
    fail("one\ntwo\n");
    inner.failures.write = FULL;
    const answers: unknown[] = [];
    log.close((error) => void answers.push(error));
    expect(answers).toEqual([expect.objectContaining({ code: "ERR_AW_NO_SPACE" })]);
    expect([ends, reports.at(-1)]).toEqual([0, ["ERR_AW_NO_SPACE", 2]]);
    expect(vi.getTimerCount()).toBe(0);
    log.drop(() => {});
    expect([ends, inner.calls]).toEqual([1, ["close", "drop"]]);
  });

  it("rejects with what closing the file failed with", () => {
    const { inner, log } = setUp();
    let ends = 0;
    log.onEnd(() => ends++);
    inner.failures.close = FULL;
    const answers: unknown[] = [];
    log.close((error) => void answers.push(error));
    expect([answers, ends]).toEqual([[FULL], 0]);
  });

  it("waits for what is in flight", () => {
    const { inner, log, write } = setUp();
    write("one\n");
    log.close(() => {});
    expect(inner.calls).toEqual(["settle", "close"]);
  });

  it("that begins releases a sync that waits for the end of an outage", () => {
    const { inner, log, fail } = setUp();
    fail("one\n");
    const synced: unknown[] = [];
    for (const name of ["first", "second"]) log.sync("none", () => void synced.push(name));
    expect(synced).toEqual([]);
    log.beginClose();
    expect(synced).toEqual(["first", "second"]);
    inner.answer(FULL);
    expect(synced).toHaveLength(2);
  });
});

it("a policy that is given later counts from then on", () => {
  const { inner, log, reports, fail } = setUp();
  const later: number[] = [];
  log.configure({ maxBacklog: 4 });
  inner.failures.write = FULL;
  fail("one\n");
  log.configure({ onError: (_, lost) => void later.push(lost) });
  log.writeNow(bytes("two\n"));
  delete inner.failures.write;
  log.settle();
  expect([inner.writtenNow, reports, later]).toEqual(["one\n", [["ERR_AW_NO_SPACE", 0]], [1]]);
});
