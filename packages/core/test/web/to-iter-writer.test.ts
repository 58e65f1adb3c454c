import { buffered, memory, toIterWriter } from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, RecordingWriter, turn } from "../instruments.ts";

describe("toIterWriter", () => {
  it("writes, ends with the count of bytes, and takes nothing after that", async () => {
    const target = memory();
    const writer = toIterWriter(buffered(target));
    await writer.write("é");
    await writer.writev([bytes("ab"), "c"]);
    expect(writer.writeSync("d")).toBe(true);
    expect(writer.writevSync([bytes("e"), ""])).toBe(true);
    expect(writer.endSync()).toBe(-1);
    expect(await writer.end()).toBe(7);
    expect(target.text()).toBe("éabcde");
    expect(writer.desiredSize).toBe(null);
    expect(writer.writeSync("x")).toBe(false);
  });

  it("says false while the destination takes nothing, and true again after", async () => {
    const inner = new RecordingWriter();
    const writer = toIterWriter(inner);
    expect(writer.desiredSize).toBe(1);
    inner.stalled = true;
    expect(writer.writeSync("a")).toBe(false);
    const waiting = writer.write("b");
    expect(writer.desiredSize).toBe(0);
    expect(writer.writeSync("c")).toBe(false);
    inner.release();
    await waiting;
    expect(writer.desiredSize).toBe(1);
    expect(inner.text).toBe("b");
  });

  it("sends the rest of a chunk that fitted in part, from a copy", async () => {
    const inner = new RecordingWriter({ maxBytes: 2 });
    const writer = toIterWriter(inner);
    const chunk = bytes("abcde");
    expect(writer.writeSync(chunk)).toBe(true);
    chunk.fill(0);
    await turn();
    expect(await writer.end()).toBe(5);
    expect(inner.text).toBe("abcde");
  });

  it("fail and leaving the block abort", async () => {
    const failed = memory();
    toIterWriter(failed).fail("stop");
    expect(failed.state).toBe("failed");
    const left = memory();
    {
      await using writer = toIterWriter(left);
      await writer.write("half");
    }
    expect(left.state).toBe("failed");
  });

  it("rejects with the writer's failure, and refuses what is not bytes", async () => {
    const inner = new RecordingWriter();
    const writer = toIterWriter(inner);
    await expect(writer.write(7 as never)).rejects.toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
    });
    inner.failNext = new Error("broken");
    await expect(writer.write("a")).rejects.toThrow("broken");
    expect(() => writer.writeSync("a")).not.toThrow();
    expect(writer.desiredSize).toBe(null);
  });

  it("canWrite is true, false while something waits, and null at the end", async () => {
    const inner = new RecordingWriter();
    const writer = toIterWriter(inner);
    expect(writer.canWrite).toBe(true);
    inner.stalled = true;
    const waiting = writer.write("a");
    expect(writer.canWrite).toBe(false);
    inner.release();
    await waiting;
    expect(writer.canWrite).toBe(true);
    await writer.end();
    expect(writer.canWrite).toBe(null);
  });

  const drain = (writer: object): Promise<boolean> | null =>
    (writer as Record<symbol, () => Promise<boolean> | null>)[
      Symbol.for("Stream.drainableProtocol")
    ]?.() as Promise<boolean> | null;

  it("ondrain waits until a writeSync that found no room makes sense again", async () => {
    const inner = new RecordingWriter();
    const writer = toIterWriter(inner);
    expect(await drain(writer)).toBe(true);
    inner.stalled = true;
    expect(writer.writeSync("a")).toBe(false);
    expect(writer.canWrite).toBe(false);
    let settled = false;
    const drained = drain(writer)?.then((value) => {
      settled = true;
      return value;
    });
    await turn();
    expect(settled).toBe(false);
    inner.release();
    expect(await drained).toBe(true);
    expect(writer.writeSync("a")).toBe(true);
    expect(inner.text).toBe("a");
  });

  it("ondrain rejects with the failure, and is null once nothing is taken", async () => {
    const inner = new RecordingWriter();
    const writer = toIterWriter(inner);
    inner.stalled = true;
    const write = writer.write("a");
    const drained = drain(writer);
    writer.fail("gone");
    await expect(drained).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "gone" });
    await expect(write).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
    expect(drain(writer)).toBe(null);
  });

  it("takes all of several chunks at once", async () => {
    const target = memory();
    const writer = toIterWriter(target);
    expect(writer.writevSync(["ab", bytes("cd"), "e"])).toBe(true);
    expect(await writer.end()).toBe(5);
    expect(target.text()).toBe("abcde");
  });

  it("ondrain tells everybody who asked", async () => {
    const inner = new RecordingWriter();
    const writer = toIterWriter(inner);
    inner.stalled = true;
    const write = writer.write("a");
    const told: unknown[] = [];
    for (let time = 0; time < 2; time++) void drain(writer)?.then((value) => told.push(value));
    inner.release();
    await write;
    await turn();
    expect(told).toEqual([true, true]);
  });

  it("ondrain resolves with false if the writer is closed instead", async () => {
    const inner = new RecordingWriter();
    const writer = toIterWriter(inner);
    inner.stalled = true;
    const write = writer.write("a");
    const drained = drain(writer);
    const ended = writer.end();
    inner.release();
    await write;
    expect(await drained).toBe(false);
    expect(await ended).toBe(1);
  });

  it("ondrain leaves no listener at the writer", async () => {
    const inner = new RecordingWriter();
    const writer = toIterWriter(inner);
    const left: number[] = [];
    for (let time = 0; time < 3; time++) {
      inner.stalled = true;
      const write = writer.write("a");
      const drained = drain(writer);
      inner.release();
      await write;
      await drained;
      left.push(inner.failureListeners);
    }
    // That of its operations stays.
    expect(left).toEqual([1, 1, 1]);
  });

  it.each([[[5]], [["a", 5]], [[bytes("a"), undefined]], [[new ArrayBuffer(1), "a"]]])(
    "refuses chunks that are no bytes, and writes nothing of them: %o",
    async (chunks) => {
      const target = memory();
      const writer = toIterWriter(target);
      const refused = expect.objectContaining({
        code: "ERR_AW_INVALID_ARGUMENT",
        message: expect.stringContaining("a Uint8Array or a string") as string,
      }) as unknown;
      expect(() => writer.writevSync(chunks as never)).toThrow(refused);
      await expect(writer.writev(chunks as never)).rejects.toEqual(refused);
      expect(await writer.end()).toBe(0);
      expect(target.length).toBe(0);
    },
  );

  it("leaving a using block aborts, unless it ended", async () => {
    const left = memory();
    {
      using writer = toIterWriter(left);
      writer.writeSync("half");
    }
    expect(left.state).toBe("failed");
    const ended = memory();
    {
      using writer = toIterWriter(ended);
      await writer.end();
    }
    expect(ended.state).toBe("closed");
  });
});
