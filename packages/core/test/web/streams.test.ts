import { buffered, fromWritableStream, memory, toWritableStream } from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, RecordingWriter, turn } from "../instruments.ts";

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

  // The behaviours of the Web Platform Tests for writable streams that a sink has a part in.
  it("writes in order without waiting in between, and close comes last", async () => {
    const inner = new RecordingWriter({ maxBytes: 1, pending: true });
    const writer = toWritableStream(inner).getWriter();
    const writes = ["ab", "cd", "ef"].map((text) => writer.write(text));
    const closed = writer.close();
    await Promise.all([...writes, closed, writer.closed]);
    expect(inner.text).toBe("abcdef");
    expect(inner.calls.at(-1)).toBe("close");
  });

  it("close waits for the write before it, and the writer", async () => {
    const inner = new RecordingWriter();
    inner.stalled = true;
    const writer = toWritableStream(inner).getWriter();
    const write = writer.write("abc");
    let closed = false;
    const closing = writer.close().then(() => {
      closed = true;
    });
    await turn();
    expect(closed).toBe(false);
    inner.release();
    await Promise.all([write, closing]);
    expect(inner.calls).toEqual(["write 3", "close"]);
  });

  it("queued writes reject when an earlier one fails, and never reach the writer", async () => {
    const inner = new RecordingWriter();
    inner.stalled = true;
    const writer = toWritableStream(inner).getWriter();
    const outcomes = Promise.allSettled([writer.write("a"), writer.write("b")]);
    const ready = writer.ready.catch((error: unknown) => error);
    await turn();
    inner.failNext = new Error("broken");
    inner.release();
    for (const { status } of await outcomes) expect(status).toBe("rejected");
    expect(await ready).toMatchObject({ code: "ERR_AW_IO" });
    expect(writer.desiredSize).toBe(null);
    expect(inner.text).toBe("");
  });

  it("an abort before anything was written aborts the writer; one after close does nothing", async () => {
    const inner = new RecordingWriter();
    await toWritableStream(inner).abort("stop");
    expect(inner.calls).toEqual(["abort stop"]);
    const whole = memory();
    const stream = toWritableStream(whole);
    await stream.close();
    await stream.abort("too late");
    expect(whole.state).toBe("closed");
  });

  it("a writer that is released keeps the stream going", async () => {
    const inner = memory();
    const stream = toWritableStream(inner);
    const first = stream.getWriter();
    await first.write("a");
    first.releaseLock();
    await expect(first.write("x")).rejects.toThrow(TypeError);
    const second = stream.getWriter();
    await second.write("b");
    await second.close();
    await expect(second.write("c")).rejects.toThrow(TypeError);
    expect(inner.text()).toBe("ab");
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
    expect(() => fromWritableStream(stream)).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
  });
});
