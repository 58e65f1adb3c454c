import { buffered, fromWritableStream, memory, toWritableStream } from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, RecordingWriter, turn } from "./instruments.ts";

describe("toWritableStream", () => {
  it("writes bytes and text, and closes the writer", async () => {
    const inner = memory();
    const writer = toWritableStream(buffered(inner)).getWriter();
    await writer.write(bytes("abc"));
    await writer.write("é");
    await writer.close();
    expect(inner.text()).toBe("abcé");
    expect(inner.state).toBe("closed");
  });

  it("is a destination for pipeTo", async () => {
    const inner = memory();
    await new Blob(["x".repeat(300_000)]).stream().pipeTo(toWritableStream(inner));
    expect(inner.length).toBe(300_000);
    expect(inner.state).toBe("closed");
  });

  it("has the writer's backpressure: a write resolves when it is accepted", async () => {
    const inner = new RecordingWriter();
    inner.stalled = true;
    const writer = toWritableStream(inner).getWriter();
    expect(writer.desiredSize).toBe(1);
    let written = false;
    const write = writer.write(bytes("abc")).then(() => {
      written = true;
    });
    expect(writer.desiredSize).toBe(0);
    await turn();
    expect(written).toBe(false);
    inner.release();
    await write;
    await writer.ready;
    expect(writer.desiredSize).toBe(1);
  });

  it("abort stops a write that is stuck, and aborts the writer with the reason", async () => {
    const inner = new RecordingWriter();
    inner.stalled = true;
    const writer = toWritableStream(inner).getWriter();
    const stuck = writer.write(bytes("abc")).catch((error: unknown) => error);
    await turn();
    await writer.abort("stop");
    expect(inner.calls).toEqual(["abort stop"]);
    expect(await stuck).toBeDefined();
    await expect(writer.closed).rejects.toBe("stop");
  });

  it("errors with the writer's failure, and refuses what comes then", async () => {
    const inner = new RecordingWriter();
    const writer = toWritableStream(inner).getWriter();
    inner.failNext = new Error("broken");
    await expect(writer.write(bytes("abc"))).rejects.toThrow("broken");
    await expect(writer.write(bytes("d"))).rejects.toThrow("broken");
    await expect(writer.close()).rejects.toThrow();
  });

  it("errors while idle when the writer fails in the background", async () => {
    const inner = new RecordingWriter();
    const writer = toWritableStream(buffered(inner)).getWriter();
    inner.abort("gone");
    await expect(writer.closed).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "gone" });
  });

  it("refuses chunks that are not bytes or text", async () => {
    const writer = toWritableStream(memory()).getWriter();
    await expect(writer.write(7 as never)).rejects.toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
    });
  });

  it("aborts the writer when the source of a pipe fails", async () => {
    const inner = memory();
    const broken = new RangeError("source broke");
    const source = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(broken),
    });
    await expect(source.pipeTo(toWritableStream(inner))).rejects.toBe(broken);
    expect(inner.state).toBe("failed");
  });
});

describe("fromWritableStream", () => {
  /** A stream that keeps its chunks, as streams may. */
  function keeping(): { stream: WritableStream<Uint8Array>; chunks: Uint8Array[]; log: unknown[] } {
    const chunks: Uint8Array[] = [];
    const log: unknown[] = [];
    const stream = new WritableStream<Uint8Array>({
      write: (chunk) => void chunks.push(chunk),
      close: () => void log.push("close"),
      abort: (reason) => void log.push(reason),
    });
    return { stream, chunks, log };
  }

  it("gathers small writes, flushes and closes", async () => {
    const { stream, chunks, log } = keeping();
    const out = fromWritableStream(stream);
    for (const letter of "hello") await out.writeAll(letter);
    await out.flush();
    expect(chunks.map((chunk) => Buffer.from(chunk).toString())).toEqual(["hello"]);
    await out.writeAll("x".repeat(200_000));
    await out.close();
    expect(log).toEqual(["close"]);
    expect(chunks.reduce((total, { length }) => total + length, 0)).toBe(200_005);
    expect(Buffer.from(chunks[0] ?? []).toString()).toBe("hello");
  });

  it("waits while the stream is slow", async () => {
    let release = (): void => {};
    const stalled = new Promise<void>((resolve) => {
      release = resolve;
    });
    const out = fromWritableStream(new WritableStream({ write: () => stalled }));
    let accepted = false;
    const writing = out.writeAll(new Uint8Array(1 << 20)).then(() => {
      accepted = true;
    });
    await turn();
    expect(accepted).toBe(false);
    release();
    await writing;
  });

  it("fails with the stream's error, in the background too", async () => {
    const broken = new Error("sink broke");
    const out = fromWritableStream(new WritableStream({ write: () => Promise.reject(broken) }));
    await out.writeAll("abc");
    await expect(out.flush()).rejects.toMatchObject({ cause: broken });

    let error = (_reason: unknown): void => {};
    const idle = fromWritableStream(
      new WritableStream({
        start: (controller) => {
          error = (reason) => controller.error(reason);
        },
      }),
    );
    error(broken);
    await turn();
    await expect(idle.flush()).rejects.toMatchObject({ cause: broken });
  });

  it("aborts the stream with the reason", async () => {
    const { stream, log } = keeping();
    const out = fromWritableStream(stream);
    await turn();
    out.abort("stop");
    await turn();
    expect(log).toEqual(["stop"]);
  });

  it("refuses a stream that is locked", () => {
    const { stream } = keeping();
    stream.getWriter();
    expect(() => fromWritableStream(stream)).toThrow(TypeError);
  });
});
