import type { AsyncWriteError } from "@aw/core";
import { logDestination, open, rotating, type LogDestination } from "@aw/file";
import { temporaryFolder } from "@aw/testing/vitest";
import { readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { FileWriter } from "../../src/writer/file-writer.ts";
import { ManualOutput } from "../manual-output.ts";

const folder = temporaryFolder();
const FULL = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
/** A failure that no later attempt makes good. */
const NO_READER = Object.assign(new Error("broken pipe"), { code: "EPIPE" });
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A destination over an output that the test works by hand, and what was reported. */
function setUp() {
  const output = new ManualOutput();
  const reports: [string, number][] = [];
  const out = new FileWriter({
    label: "test",
    output,
    durability: "none",
    synchronous: false,
    capacity: 100,
  });
  const onError = ({ code }: AsyncWriteError, lost: number) => void reports.push([code, lost]);
  return { output, out, reports, destination: logDestination(out, { onError }) };
}

const ended = (destination: LogDestination) =>
  new Promise<Error | undefined>((resolve) => destination.end(resolve));

/** What destinations do when the process ends. */
function exit(): void {
  const listener = process.listeners("exit").find(({ name }) => name === "flushAll");
  if (listener === undefined) throw new Error("nobody listens for the end of the process");
  listener.call(process, 0);
}

describe("flushSync", () => {
  it("writes what was gathered", () => {
    const { output, destination } = setUp();
    destination.write("one\n");
    expect(output.writtenNow).toBe("");
    destination.flushSync();
    expect(output.writtenNow).toBe("one\n");
  });

  it("that fails throws nothing: lines wait", () => {
    const { output, destination, reports } = setUp();
    output.failures.write = FULL;
    destination.write("one\n");
    destination.flushSync();
    expect(reports).toEqual([["ERR_AW_NO_SPACE", 0]]);
    delete output.failures.write;
    destination.flushSync();
    expect(output.writtenNow).toBe("one\n");
  });

  it("of a writer that has failed for good throws nothing, and loses no line", () => {
    const { output, out, destination, reports } = setUp();
    output.failures.write = NO_READER;
    destination.write("one\n");
    destination.flushSync();
    expect(out.state).toBe("failed");
    expect(reports.at(-1)).toEqual(["ERR_AW_BROKEN_PIPE", 0]);
  });
});

describe("flush", () => {
  it("calls back once the lines are in the file", async () => {
    const { output, destination } = setUp();
    destination.write("one\n");
    const answers: unknown[] = [];
    destination.flush((error) => void answers.push(error));
    await turn();
    expect([output.written, answers]).toEqual([["one\n"], []]);
    output.answer();
    await turn();
    expect(answers).toEqual([undefined]);
  });

  it("calls back with the error of the first attempt that fails, and once only", async () => {
    const { output, destination, reports } = setUp();
    destination.write("one\n");
    const answers: unknown[] = [];
    destination.flush((error) => void answers.push(error));
    await turn();
    output.answer(FULL);
    expect(answers).toEqual([expect.objectContaining({ code: "ERR_AW_NO_SPACE" })]);
    // The lines wait on, and are written at last.
    expect(output.written).toEqual(["one\n", "one\n"]);
    output.answer();
    await turn();
    expect([answers.length, reports]).toEqual([1, [["ERR_AW_NO_SPACE", 0]]]);
    // Whoever has been called back does not hear of a later outage.
    destination.write("two\n");
    output.failures.write = FULL;
    destination.flushSync();
    expect(answers).toHaveLength(1);
  });

  it("without a callback is one, too, and its failure ends nothing", async () => {
    const { output, destination } = setUp();
    destination.write("one\n");
    destination.flush();
    await turn();
    expect(output.written).toEqual(["one\n"]);
    output.answer(NO_READER);
    await turn();
    destination.flush();
    destination.end();
    await turn();
  });
});

describe("a line that the writer refuses", () => {
  it("is counted and reported, and throws nothing", async () => {
    const { out, destination, reports } = setUp();
    expect(await ended(destination)).toBe(undefined);
    expect(out.state).toBe("closed");
    destination.write("one\ntwo\n");
    expect(reports).toEqual([["ERR_AW_CLOSED", 2]]);
  });

  it("is reported once in a second, and what is left at the end of the process", () => {
    const { out, destination, reports } = setUp();
    out.abort();
    for (const line of ["one\n", "two\n", "three\n"]) destination.write(line);
    expect(reports).toEqual([["ERR_AW_ABORTED", 1]]);
    exit();
    expect(reports).toEqual([
      ["ERR_AW_ABORTED", 1],
      ["ERR_AW_ABORTED", 2],
    ]);
  });
});

describe("end", () => {
  it("closes the writer, and calls back", async () => {
    const { output, out, destination } = setUp();
    destination.write("one\n");
    const end = ended(destination);
    await turn();
    output.answer();
    expect(await end).toBe(undefined);
    expect([out.state, output.calls.at(-1)]).toEqual(["closed", "close"]);
  });

  it("calls back with what keeps the lines from being written, and counts them", async () => {
    const { output, destination, reports } = setUp();
    output.failures.write = FULL;
    destination.write("one\ntwo\n");
    destination.flushSync();
    expect(await ended(destination)).toMatchObject({ code: "ERR_AW_NO_SPACE" });
    expect(reports).toEqual([
      ["ERR_AW_NO_SPACE", 0],
      ["ERR_AW_NO_SPACE", 2],
    ]);
  });
});

describe("when the process ends", () => {
  it("all that live are flushed, whatever becomes of one", () => {
    const [failing, fine] = [setUp(), setUp()];
    failing.output.failures.write = FULL;
    for (const { destination } of [failing, fine]) destination.write("one\ntwo\n");
    exit();
    expect(fine.output.writtenNow).toBe("one\ntwo\n");
    expect(fine.reports).toEqual([]);
    // What can't be written now never will be.
    expect(failing.reports).toEqual([
      ["ERR_AW_NO_SPACE", 0],
      ["ERR_AW_NO_SPACE", 2],
    ]);
  });

  it("what `onError` logs then is written as well", () => {
    const other = setUp();
    const output = new ManualOutput();
    output.failures.write = FULL;
    const out = new FileWriter({ label: "test", output, durability: "none", synchronous: false });
    const onError = () => other.destination.write("the disk is full\n");
    logDestination(out, { onError }).write("one\n");
    exit();
    other.destination.flushSync();
    expect(other.output.writtenNow).toBe("the disk is full\n".repeat(2));
  });

  it.each(["closed", "aborted", "failed"])("one whose writer is %s is left alone", async (how) => {
    const { output, out, destination, reports } = setUp();
    if (how === "closed") await ended(destination);
    if (how === "aborted") out.abort();
    if (how === "failed") {
      output.failures.write = NO_READER;
      destination.write("one\n");
      destination.flushSync();
    }
    await turn();
    const before = [[...output.calls], [...reports]];
    exit();
    expect([output.calls, reports]).toEqual(before);
  });

  it("one that is closing is flushed: its close would come too late", async () => {
    const { output, out, destination, reports } = setUp();
    destination.write("one\n");
    destination.end();
    await turn();
    expect([out.state, output.written]).toEqual(["closing", ["one\n"]]);
    // Refused and reported, which is no reason to forget what was accepted.
    destination.write("late\n");
    expect(reports).toEqual([["ERR_AW_CLOSED", 1]]);
    expect(output.calls).not.toContain("settle");
    exit();
    expect(output.calls).toContain("settle");
  });

  it("there is one listener, however many destinations there are", () => {
    setUp();
    setUp();
    const listeners = process.listeners("exit").filter(({ name }) => name === "flushAll");
    expect(listeners).toHaveLength(1);
  });
});

it("is told from options, by loggers", () => {
  expect(setUp().destination.writable).toBe(true);
});

it.each([{ maxBacklog: -1 }, { onError: 1 }, { max: 1 }])("refuses %o", async (policy) => {
  const out = await open(folder.at("log"), { flags: "a" });
  expect(() => logDestination(out, policy as never)).toThrow(
    expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
  );
  await out.close();
});

it.each([undefined, {}, process.stdout])("refuses what is no writer of a file", (out) => {
  expect(() => logDestination(out as never)).toThrow(
    expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
  );
});

it("refuses what could not be flushed at the end of the process", () => {
  const output = Object.assign(new ManualOutput(), { settles: false });
  const out = new FileWriter({ label: "test", output, durability: "none", synchronous: false });
  expect(() => logDestination(out)).toThrow(
    expect.objectContaining({ code: "ERR_AW_UNSUPPORTED" }),
  );
});

it("of a log that rotates: its policy is replaced by what the destination's names", async () => {
  await mkdir(folder.at("logs"));
  const reports: string[] = [];
  const reportTo = (who: string) => (error: AsyncWriteError) =>
    void reports.push(`${who}: ${error.code}`);
  const log = await rotating(folder.at("logs/log"), {
    maxBytes: 4,
    lock: false,
    onError: reportTo("rotating"),
  });
  const first = logDestination(log, { maxBacklog: 1_000_000 });
  first.write("one\n");
  first.flushSync();
  expect(readFileSync(folder.at("logs/log"), "utf8")).toBe("one\n");
  const second = logDestination(log, { onError: reportTo("destination") });
  await rm(folder.at("logs"), { recursive: true });
  second.write("two\n");
  second.flushSync();
  expect(reports).toEqual(["destination: ERR_AW_IO"]);
  expect(await ended(second)).toMatchObject({ code: "ERR_AW_IO" });
  expect(reports).toEqual(["destination: ERR_AW_IO", "destination: ERR_AW_IO"]);
});
