import { getEventListeners } from "node:events";
import {
  AsyncWriteError,
  buffered,
  cursor,
  inspect,
  memory,
  PENDING,
  pollFn,
  sink,
  toWriter,
  Writer,
  type AsyncWrite,
  type Poll,
  type Waker,
} from "@aw/core";
import { describe, expect, it, vi } from "vitest";
import { bytes, counted, Recording, RecordingWriter, turn } from "../instruments.ts";

describe("write", () => {
  it("makes one inner call and tells how much was accepted", async () => {
    const target = new RecordingWriter({ maxBytes: 4 });
    expect(await target.write(bytes("hello world"))).toBe(4);
    expect(target.calls).toEqual(["write 11"]);
  });

  it("makes exactly one call for an empty buffer", async () => {
    const target = new RecordingWriter();
    expect(await target.write(bytes(""))).toBe(0);
    expect(target.calls).toEqual(["write 0"]);
  });

  it("resolves with 0 when the writer is full for good", async () => {
    expect(await cursor(new Uint8Array(0)).write(bytes("a"))).toBe(0);
  });
});

describe("writeAll", () => {
  it("calls until everything is accepted", async () => {
    const target = new RecordingWriter({ maxBytes: 4 });
    await target.writeAll(bytes("hello world"));
    expect(target.calls).toEqual(["write 11", "write 7", "write 3"]);
    expect(target.text).toBe("hello world");
  });

  it("makes no call for nothing", async () => {
    const target = new RecordingWriter();
    await target.writeAll("");
    await target.writeAll(bytes(""));
    expect(target.calls).toEqual([]);
  });

  it("still refuses nothing after close", async () => {
    const target = memory();
    await target.close();
    await expect(target.writeAll("")).rejects.toMatchObject({ code: "ERR_AW_CLOSED" });
    for (const nothing of [[], [bytes("")]]) {
      await expect(target.writeAllVectored(nothing)).rejects.toMatchObject({
        code: "ERR_AW_CLOSED",
      });
    }
  });

  it("fails with WRITE_ZERO past a fixed end, keeps the prefix and counts it", async () => {
    const room = new Uint8Array(5);
    const error = await cursor(room)
      .writeAll(bytes("hello world"))
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "ERR_AW_WRITE_ZERO", bytesWritten: 5 });
    expect(new TextDecoder().decode(room)).toBe("hello");
  });

  it("leaves exactly the bytes of the calls before the one that failed", async () => {
    const target = new RecordingWriter({ maxBytes: 4, pending: true });
    const pending = target.writeAll(bytes("hello world"));
    await Promise.resolve();
    target.failNext = new Error("broken");
    const error = await pending.catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "ERR_AW_IO", bytesWritten: target.received.length });
    expect(AsyncWriteError.is(error)).toBe(true);
  });

  it("catches a writer that reports more than it was given", async () => {
    class Liar implements AsyncWrite {
      pollWrite(_waker: Waker, buf: Uint8Array): Poll<number> {
        return buf.length + 1;
      }
      pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
        return this.pollWrite(waker, bufs[0] as Uint8Array);
      }
      pollFlush(): void {}
      pollClose(): void {}
    }
    const lying = (): Writer => new Writer(new Liar());
    const error = { code: "ERR_AW_PROTOCOL" };
    await expect(lying().writeAll(bytes("abc"))).rejects.toMatchObject(error);
    await expect(lying().write(bytes("abc"))).rejects.toMatchObject(error);
    await expect(lying().writeVectored([bytes("abc")])).rejects.toMatchObject(error);
    expect(() => lying().tryWrite(bytes("abc"))).toThrow(expect.objectContaining(error));
    await expect(buffered(new Liar(), 2).writeAll(bytes("abc"))).rejects.toMatchObject(error);
  });

  it("runs calls that were not awaited in order, unmixed", async () => {
    const target = new RecordingWriter({ maxBytes: 2, pending: true });
    const calls = ["first ", "second ", "third"].map((text) => target.writeAll(text));
    const closed = target.close();
    await Promise.all([...calls, closed]);
    expect(target.text).toBe("first second third");
    expect(target.state).toBe("closed");
  });

  it("returns one shared promise while ready", async () => {
    const target = sink();
    const first = target.writeAll(bytes("a"));
    expect(target.writeAll(bytes("b"))).toBe(first);
    await first;
  });

  it("is ready again at once after an operation that waited", async () => {
    const target = new RecordingWriter();
    target.stalled = true;
    const waited = target.writeAll("a");
    target.release();
    await waited;
    const calls = target.calls.length;
    void target.writeAll("b");
    expect(target.calls).toHaveLength(calls + 1);
  });

  it.each([[[1, 2]], [new ArrayBuffer(2)], [new Uint16Array(2)], [null], [7]])(
    "refuses %o, which is not bytes",
    async (value) => {
      const target = memory();
      const error = { code: "ERR_AW_INVALID_ARGUMENT" };
      await expect(target.writeAll(value as never)).rejects.toMatchObject(error);
      await expect(target.write(value as never)).rejects.toMatchObject(error);
      await expect(target.writeAllVectored([value] as never)).rejects.toMatchObject(error);
      expect(() => target.tryWrite(value as never)).toThrow(expect.objectContaining(error));
      expect(target.length).toBe(0);
    },
  );
});

describe("perform", () => {
  /** Marks a place among what is written. */
  class MarkingWriter extends RecordingWriter {
    mark(ready: () => boolean): Promise<string> {
      return this.perform((waker) => {
        if (!ready()) {
          waker.wake();
          return PENDING;
        }
        this.calls.push("mark");
        return "marked";
      });
    }
  }

  it("runs an operation of the writer's own in its turn, and resolves with its result", async () => {
    const target = new MarkingWriter();
    let polls = 0;
    void target.writeAll(bytes("abc"));
    const marked = target.mark(() => ++polls === 3);
    void target.writeAll(bytes("de"));
    expect(await marked).toBe("marked");
    await target.flush();
    expect(target.calls.slice(0, 3)).toEqual(["write 3", "mark", "write 2"]);
  });

  it("rejects with what it throws, and the next operation goes on", async () => {
    const target = new MarkingWriter();
    const failed = target.mark(() => {
      throw new Error("no");
    });
    await expect(failed).rejects.toMatchObject({ code: "ERR_AW_IO", message: "no" });
    await target.writeAll(bytes("abc"));
  });
});

describe("vectored writes", () => {
  it.each([1, 2, 3, 100])(
    "keep the order over a writer that takes %i bytes a call",
    async (maxBytes) => {
      const target = new RecordingWriter({ maxBytes, pending: true });
      const shapes = [bytes(""), bytes("ab"), bytes(""), bytes("cdefg"), bytes("h"), bytes("")];
      await target.writeAllVectored(shapes);
      expect(target.text).toBe("abcdefgh");
    },
  );

  it("make no call for a list of empties", async () => {
    const target = new RecordingWriter();
    await target.writeAllVectored([bytes(""), bytes("")]);
    expect(target.calls).toEqual([]);
  });

  it("never use pollWrite of a writer that is vectored", async () => {
    const target = memory();
    target.pollWrite = () => {
      throw new Error("pollWrite was called");
    };
    await target.writeAllVectored([bytes("ab"), bytes("cd")]);
    expect(target.text()).toBe("abcd");
  });

  it("fail with WRITE_ZERO past a fixed end, keep the prefix and count it", async () => {
    const target = new Uint8Array(4);
    await expect(
      cursor(target).writeAllVectored([bytes("abc"), bytes("def")]),
    ).rejects.toMatchObject({ code: "ERR_AW_WRITE_ZERO", bytesWritten: 4 });
    expect(target).toEqual(bytes("abcd"));
  });

  it("fall back to the first non-empty buffer", async () => {
    const target = new RecordingWriter();
    expect(await target.writeVectored([bytes(""), bytes("ab"), bytes("c")])).toBe(2);
    expect(await target.writeVectored([])).toBe(0);
    expect(target.calls).toEqual(["write 2", "write 0"]);
  });
});

describe("tryWrite", () => {
  it("takes what fits and never waits", () => {
    const target = new RecordingWriter({ maxBytes: 3 });
    expect(target.tryWrite(bytes("hello"))).toBe(3);
    target.stalled = true;
    expect(target.tryWrite(bytes("lo"))).toBe(0);
  });

  it("takes nothing while an earlier operation waits", async () => {
    const target = new RecordingWriter();
    target.stalled = true;
    const waiting = target.writeAll("a");
    target.stalled = false;
    expect(target.tryWrite(bytes("b"))).toBe(0);
    target.release();
    await waiting;
    expect(target.text).toBe("a");
  });

  it("says so when nothing will ever fit", () => {
    expect(() => cursor(new Uint8Array(0)).tryWrite(bytes("a"))).toThrow(
      expect.objectContaining({ code: "ERR_AW_WRITE_ZERO" }),
    );
  });
});

describe("signals", () => {
  it("stop the operation, not the writer, and tell how far it came", async () => {
    const target = new RecordingWriter({ maxBytes: 3 });
    const controller = new AbortController();
    const first = target.write(bytes("abc"));
    await first;
    const pending = target.writeAll("0123456789", { signal: controller.signal });
    await pending;
    target.stalled = true;
    const stuck = target.writeAll("xyz", { signal: controller.signal });
    controller.abort("enough");
    const error = await stuck.catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: "ERR_AW_ABORTED",
      name: "AbortError",
      cause: "enough",
      bytesWritten: 0,
    });
    expect(target.state).toBe("open");
    target.release();
    await target.writeAll("!");
    expect(target.text).toBe("abc0123456789!");
  });

  it("that fired before refuse at once, without a call", async () => {
    const target = new RecordingWriter();
    const signal = AbortSignal.abort("too late");
    for (const call of [
      target.writeAll("a", { signal }),
      target.writeAll("", { signal }),
      target.write(bytes("a"), { signal }),
      target.flush({ signal }),
      target.close({ signal }),
      pollFn(() => 1, { signal }),
    ]) {
      await expect(call).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "too late" });
    }
    expect(target.calls).toEqual([]);
  });

  it("that fire within a poll lose no operation that came meanwhile", async () => {
    const inner = new RecordingWriter({ pending: true });
    const controller = new AbortController();
    let next: Promise<void> | undefined;
    const out = inspect(inner, () => {
      if (next !== undefined) return;
      controller.abort("now");
      next = out.writeAll("b");
    });
    const aborted = out.writeAll("a", { signal: controller.signal });
    await expect(aborted).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "now" });
    await next;
    expect(inner.text).toBe("ab");
  });

  it("of one operation let the next one go on", async () => {
    const target = new RecordingWriter();
    target.stalled = true;
    const controller = new AbortController();
    const aborted = target.writeAll("a", { signal: controller.signal });
    const next = target.writeAll("b");
    controller.abort();
    await expect(aborted).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
    target.release();
    await next;
    expect(target.text).toBe("b");
  });
});

describe("close and abort", () => {
  it("refuse writes after close began, and stay closed", async () => {
    const target = memory();
    await target.close();
    await target.close();
    await target.flush();
    await expect(target.writeAll("a")).rejects.toMatchObject({ code: "ERR_AW_CLOSED" });
    target.abort();
    expect(target.state).toBe("closed");
    await target.close();
  });

  it("abort rejects what waits and what comes, with the reason as cause", async () => {
    const target = new RecordingWriter();
    target.stalled = true;
    const waiting = target.writeAll("a");
    const queued = target.flush();
    target.abort("stop");
    const expected = { code: "ERR_AW_ABORTED", name: "AbortError", cause: "stop" };
    await expect(waiting).rejects.toMatchObject({ ...expected, bytesWritten: 0 });
    await expect(queued).rejects.toMatchObject(expected);
    await expect(target.close()).rejects.toMatchObject(expected);
    target.abort("again");
    expect(target.calls).toEqual(["abort stop"]);
    expect(target.state).toBe("failed");
  });

  it("abort reaches every layer", () => {
    const target = new RecordingWriter();
    buffered(buffered(target)).abort("stop");
    expect(target.calls).toEqual(["abort stop"]);
  });

  it("a failed writer throws the same error object at every poll", async () => {
    const target = new RecordingWriter();
    target.failNext = new Error("first");
    const first = await target.flush().catch((e: unknown) => e);
    target.failNext = new Error("second");
    expect(await target.flush().catch((e: unknown) => e)).toBe(first);
    expect(await target.close().catch((e: unknown) => e)).toBe(first);
  });

  it("leaving an `await using` block without close aborts", async () => {
    const inner = new RecordingWriter();
    {
      await using out = buffered(inner);
      await out.writeAll("half a re");
    }
    expect(inner.state).toBe("failed");
    expect(inner.received).toEqual([]);
    expect(inner.calls).toEqual([expect.stringContaining("ended without close()")]);
  });

  it("leaving an `await using` block after close does nothing", async () => {
    const inner = memory();
    {
      await using out = buffered(inner);
      await out.writeAll("whole");
      await out.close();
    }
    expect(inner.state).toBe("closed");
    expect(inner.text()).toBe("whole");
  });

  it("leaving an `await using` block waits for a close that is under way", async () => {
    const inner = new RecordingWriter({ maxBytes: 1, pending: true });
    {
      await using out = buffered(inner);
      await out.writeAll("whole");
      void out.close();
    }
    expect(inner.state).toBe("closed");
    expect(inner.text).toBe("whole");
  });
});

describe("fairness (AW-FAIR-1)", () => {
  it.each([
    ["writeAll", (target: Writer, data: Uint8Array) => target.writeAll(data)],
    ["write", (target: Writer, data: Uint8Array) => target.write(data)],
    ["flush", (target: Writer) => target.flush()],
    ["pollFn", () => pollFn(() => 1)],
  ])("a tight loop of %s lets a timer fire", async (_name, operation) => {
    const target = sink();
    const data = counted(64);
    let fired = false;
    setTimeout(() => {
      fired = true;
    }, 1);
    while (!fired) await operation(target, data);
    expect(fired).toBe(true);
  });

  it.each([
    ["writeAll", (target: Writer, data: Uint8Array) => target.writeAll(data)],
    ["writeAllVectored", (target: Writer, data: Uint8Array) => target.writeAllVectored([data])],
  ])("one large %s that is accepted in parts lets others run", async (_name, operation) => {
    /** A byte at a time, each of which takes a millisecond. */
    class Slow extends Recording {
      constructor() {
        super({ maxBytes: 1 });
      }

      override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
        now++;
        return super.pollWrite(waker, buf);
      }
    }
    let now = performance.now();
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
    const target = new RecordingWriter({}, new Slow());
    let turns = 0;
    const count = (): void => {
      turns++;
      if (target.received.length < 20_000) setImmediate(count);
    };
    setImmediate(count);
    try {
      await operation(target, counted(20_000));
    } finally {
      clock.mockRestore();
      // The slice of time that began by the false clock ends with its turn.
      await turn();
    }
    // The clock is read once per 256 parts, and first to start it.
    expect(turns).toBeGreaterThan(20_000 / 512 - 2);
  });

  it("a task that wakes itself lets a timer fire", async () => {
    let fired = false;
    setTimeout(() => {
      fired = true;
    }, 1);
    await pollFn((waker) => {
      if (fired) return;
      waker.wake();
      return PENDING;
    });
    expect(fired).toBe(true);
  });
});

describe("toWriter", () => {
  /** The minimum that counts as an AsyncWrite. */
  function bare(): AsyncWrite & { text: string; closes: number } {
    return {
      text: "",
      closes: 0,
      pollWrite(_waker, buf) {
        this.text += new TextDecoder().decode(buf);
        return buf.length;
      },
      pollFlush() {},
      pollClose() {
        this.closes++;
      },
      pollVectoredWrite(waker, bufs) {
        return this.pollWrite(waker, bufs[0] ?? new Uint8Array(0));
      },
    };
  }

  it("gives a bare object the promise API", async () => {
    const target = bare();
    const writer = toWriter(target);
    await writer.writeAll("abc");
    await writer.close();
    await writer.close();
    expect(target).toMatchObject({ text: "abc", closes: 1 });
    await expect(writer.writeAll("d")).rejects.toMatchObject({ code: "ERR_AW_CLOSED" });
  });

  it("wakes what is pending at abort even if the object knows no abort", async () => {
    const writer = toWriter({ ...bare(), pollWrite: () => PENDING });
    const waiting = writer.writeAll("abc");
    writer.abort("stop");
    await expect(waiting).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
  });

  it.each(["state", "onFailure", "abort"])(
    "makes a writer of what would be an engine but for its %s",
    async (missing) => {
      const almost = { ...bare(), state: "open", onFailure: () => () => {}, abort() {} };
      const target = { ...almost, [missing]: undefined };
      const writer = toWriter(target);
      const failures: unknown[] = [];
      writer.onFailure((failure) => failures.push(failure.code));
      expect(writer.state).toBe("open");
      await writer.writeAll("abc");
      expect(target.text).toBe("abc");
      writer.abort("stop");
      await turn();
      expect([writer.state, ...failures]).toEqual(["failed", "ERR_AW_ABORTED"]);
    },
  );

  it("returns a Writer as it is", () => {
    const writer = memory();
    expect(toWriter(writer)).toBe(writer);
  });
});

describe("pollFn", () => {
  it("polls again only when woken, and once for many wakes", async () => {
    let polls = 0;
    let wake = (): void => {};
    const result = pollFn<string>((waker) => {
      polls++;
      wake = () => waker.wake();
      return polls === 1 ? PENDING : "done";
    });
    await turn();
    expect(polls).toBe(1);
    wake();
    wake();
    expect(polls).toBe(1);
    expect(await result).toBe("done");
    wake();
    await turn();
    expect(polls).toBe(2);
  });

  it("polls no more once its signal has fired, also if it was woken before, and leaves no listener", async () => {
    const stop = new AbortController();
    let polls = 0;
    let wake = (): void => {};
    const stopped = pollFn(
      (waker) => {
        polls++;
        wake = () => waker.wake();
        return PENDING;
      },
      { signal: stop.signal },
    );
    wake();
    stop.abort("enough");
    await expect(stopped).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "enough" });
    expect(polls).toBe(1);
    const { signal } = new AbortController();
    await pollFn(() => "done", { signal });
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("rejects with what the function throws", async () => {
    await expect(
      pollFn(() => {
        throw new RangeError("no");
      }),
    ).rejects.toThrow(RangeError);
  });
});

describe("isIdle", () => {
  it("is false while an operation waits, and true again when the caller's code goes on", async () => {
    const target = new RecordingWriter();
    expect(target.isIdle).toBe(true);
    target.stalled = true;
    const waiting = target.writeAll("a");
    expect(target.isIdle).toBe(false);
    target.release();
    await waiting;
    expect(target.isIdle).toBe(true);
  });

  it("is false within a poll", async () => {
    const seen: boolean[] = [];
    const target: Writer = inspect(sink(), () => void seen.push(target.isIdle));
    await target.writeAll("a");
    await target.flush();
    expect(seen.every((isIdle) => !isIdle)).toBe(true);
    expect(seen).not.toHaveLength(0);
  });
});
