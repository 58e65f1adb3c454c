import { AsyncWriteError } from "@aw/core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { FileWriter, type FileWriterOptions } from "../../src/writer/file-writer.ts";
import { Reopening } from "../../src/writer/reopening.ts";
import { ManualOutput } from "../manual-output.ts";

const FULL = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
const UNSETTLED = new AsyncWriteError("ERR_AW_UNSUPPORTED", "can't be waited for");

afterEach(() => void vi.restoreAllMocks());

/** A writer over an output that the test works by hand. */
function setUp(options: Partial<FileWriterOptions> = {}) {
  const output = new ManualOutput();
  const writer = new FileWriter({
    label: "test",
    output,
    durability: "data",
    synchronous: false,
    capacity: 10,
    ...options,
  });
  return { output, writer };
}

/** Has it that what was done so far goes on. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("writeSync", () => {
  it("gathers what has room, and writes synchronously where there is none", () => {
    const { output, writer } = setUp();
    writer.writeSync("0123");
    expect(output.writtenNow).toBe("");
    writer.writeSync("456789abcdefghijklmnop");
    writer.writeSync(Buffer.from("qrst"));
    writer.flushSync();
    const written = output.written.join("") + output.writtenNow;
    expect(written).toBe("0123456789abcdefghijklmnopqrst");
    expect(output.calls.at(-1)).toBe("syncNow data");
  });

  it("keeps the order behind a write in flight, which is settled first", async () => {
    const { output, writer } = setUp();
    await writer.writeAll("0123456789");
    const flushed = writer.flush();
    expect(output.written).toEqual(["0123456789"]);
    for (const piece of ["abcde", "fghij", "klmno"]) writer.writeSync(piece);
    writer.flushSync();
    expect(output.writtenNow).toBe("abcdefghijklmno");
    expect(output.calls).toContain("settle");
    output.answer();
    await turn();
    while (output.answers.length > 0) output.answer();
    await flushed;
  });

  it("can't overtake a write that waits", async () => {
    const { output, writer } = setUp();
    const waiting = writer.writeAll("x".repeat(100));
    expect(() => writer.writeSync("y".repeat(100))).toThrow(
      expect.objectContaining({
        code: "ERR_AW_UNSUPPORTED",
        message: expect.stringContaining("await that first") as string,
      }),
    );
    expect(writer.state).toBe("open");
    let isOver = false;
    void waiting.then(() => (isOver = true));
    while (!isOver) {
      while (output.answers.length > 0) output.answer();
      await turn();
    }
    const written = output.written.join("") + output.writtenNow;
    expect(written).toMatch(/^x+$/);
  });

  it("that fails fails the writer", async () => {
    const { output, writer } = setUp();
    output.failures.write = FULL;
    expect(() => {
      for (let piece = 0; piece < 10; piece++) writer.writeSync("0123456789");
    }).toThrow(expect.objectContaining({ code: "ERR_AW_NO_SPACE" }));
    expect(writer.state).toBe("failed");
    await expect(writer.flush()).rejects.toMatchObject({ code: "ERR_AW_NO_SPACE" });
  });
});

describe("flushSync", () => {
  it("of what can't be waited for throws, and leaves everything as it was", async () => {
    const { output, writer } = setUp();
    await writer.writeAll("text");
    output.failures.settle = UNSETTLED;
    expect(() => writer.flushSync()).toThrow(UNSETTLED);
    expect([writer.state, output.writtenNow]).toEqual(["open", ""]);
    delete output.failures.settle;
    writer.flushSync();
    expect(output.writtenNow).toBe("text");
  });

  it("that can't sync fails the writer", () => {
    const { output, writer } = setUp();
    output.failures.syncNow = FULL;
    expect(() => writer.flushSync()).toThrow(expect.objectContaining({ code: "ERR_AW_NO_SPACE" }));
    expect(writer.state).toBe("failed");
    expect(() => writer.flushSync()).toThrow(expect.objectContaining({ code: "ERR_AW_NO_SPACE" }));
  });

  it("after close has nothing to do", async () => {
    const { output, writer } = setUp();
    await writer.close();
    const { length } = output.calls;
    writer.flushSync();
    expect(output.calls).toHaveLength(length);
  });
});

describe("whole lines", () => {
  it("are what goes out, and the start of one with a flush", async () => {
    const { output, writer } = setUp({ longestLine: 100, capacity: 20 });
    writer.writeSync("one\ntwo\nthr");
    writer.writeSync("ee\nfour is too much\nfi");
    const sofar = output.written.join("") + output.writtenNow;
    expect(sofar.endsWith("\n")).toBe(true);
    while (output.answers.length > 0) output.answer();
    writer.flushSync();
    const all = output.written.join("") + output.writtenNow;
    expect(all).toBe("one\ntwo\nthree\nfour is too much\nfi");
    await turn();
  });

  it("and the start of one go out at the end", async () => {
    const { output, writer } = setUp({ longestLine: 100 });
    await writer.writeAll("one\ntw");
    const closed = writer.close();
    for (let answer = 0; answer < 3; answer++) {
      while (output.answers.length > 0) output.answer();
      await turn();
    }
    await closed;
    expect(output.written.join("")).toBe("one\ntw");
    expect(output.calls).toEqual(["sync data", "close"]);
  });
});

describe("reopen", () => {
  it("is for a writer that can", async () => {
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const { writer } = setUp();
    await expect(writer.reopen()).rejects.toMatchObject({ code: "ERR_AW_UNSUPPORTED" });
    await turn();
    expect(warned).toHaveBeenCalledTimes(1);
    expect(warned.mock.calls[0]?.[1]).toBe("AsyncWriteWarning");
  });

  it("that waits is done before a line that comes after it", async () => {
    const log: string[] = [];
    const { output, writer } = setUp({
      reopen: async () => void log.push(`reopen after ${output.writtenNow}`),
    });
    await writer.writeAll("old");
    const flushed = writer.flush();
    const reopened = writer.reopen();
    writer.writeSync("new");
    expect(log).toEqual(["reopen after "]);
    writer.flushSync();
    expect(output.writtenNow).toBe("new");
    output.answer();
    await Promise.all([flushed, reopened]);
    expect(log).toHaveLength(1);
  });

  it("that is over is not begun again by a line", async () => {
    const log: string[] = [];
    const { output, writer } = setUp({ reopen: async () => void log.push("reopen") });
    await writer.reopen();
    writer.writeSync("new");
    writer.flushSync();
    expect([log, output.writtenNow]).toEqual([["reopen"], "new"]);
  });

  it("that fails is nobody's unhandled rejection, though its caller comes to it later", async () => {
    const unhandled = vi.fn<(reason: unknown) => void>();
    process.on("unhandledRejection", unhandled);
    const reopening = new Reopening(async () => {
      throw FULL;
    });
    expect(reopening.isBegun).toBe(false);
    reopening.begin();
    expect(reopening.isBegun).toBe(true);
    await turn();
    await turn();
    process.off("unhandledRejection", unhandled);
    await expect(reopening.ended).rejects.toBe(FULL);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it("that throws at once is one that fails", async () => {
    const reopening = new Reopening(() => {
      throw FULL;
    });
    reopening.begin();
    await expect(reopening.ended).rejects.toBe(FULL);
  });

  it("that fails leaves the writer open", async () => {
    vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const { writer } = setUp({
      async reopen() {
        throw FULL;
      },
    });
    await expect(writer.reopen()).rejects.toBe(FULL);
    expect(writer.state).toBe("open");
  });
});

it("a broken pipe ends the process, quietly, where that is asked for", async () => {
  const exit = vi.spyOn(process, "exit").mockImplementation((() => {}) as never);
  for (const exitsOnBrokenPipe of [undefined, true]) {
    const { output, writer } = setUp({ exitsOnBrokenPipe });
    await writer.writeAll("text");
    const flushed = writer.flush().catch(() => {});
    output.answer(Object.assign(new Error("broken pipe"), { code: "EPIPE" }));
    await flushed;
    expect(output.calls).toContain("drop");
    if (exitsOnBrokenPipe === undefined) expect(exit).not.toHaveBeenCalled();
  }
  expect(exit.mock.calls).toEqual([[141]]);
  const { output, writer } = setUp({ exitsOnBrokenPipe: true });
  await writer.writeAll("text");
  const flushed = writer.flush().catch(() => {});
  output.answer(FULL);
  await flushed;
  expect(exit).toHaveBeenCalledTimes(1);
});

it("says what it is, and whether it can be flushed at exit", () => {
  const { writer } = setUp();
  expect([String(writer), writer.isExitSafe]).toEqual(["test", true]);
});
