import { getEventListeners } from "node:events";
import { inspect, meter, memory, PassThrough, type Poll, type Waker } from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, CountingWaker, Recording, RecordingWriter, turn } from "../instruments.ts";

/** Fires its signal within a poll, and then has no room. */
class Firing extends Recording {
  readonly stop = new AbortController();
  readonly #after: number;

  constructor(after: number) {
    super();
    this.#after = after;
  }

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.received.length < this.#after) {
      return super.pollWrite(waker, buf.subarray(0, this.#after - this.received.length));
    }
    this.stop.abort("fired within the poll");
    return this.latch.register(waker);
  }

  override pollFlush(waker: Waker): Poll<void> {
    this.stop.abort("fired within the poll");
    return this.latch.register(waker);
  }
}

class FiringWriter extends RecordingWriter {
  readonly stop: AbortController;

  constructor(after: number) {
    const firing = new Firing(after);
    super({}, firing);
    this.stop = firing.stop;
  }
}

describe("a signal that fires within the first poll", () => {
  it.each([0, 2])("rejects a write of which %d bytes were accepted", async (accepted) => {
    const target = new FiringWriter(accepted);
    await expect(
      target.writeAll(bytes("abcd"), { signal: target.stop.signal }),
    ).rejects.toMatchObject({
      code: "ERR_AW_ABORTED",
      cause: "fired within the poll",
      bytesWritten: accepted,
    });
  });

  it("rejects a vectored write and a single one", async () => {
    const [all, once] = [new FiringWriter(0), new FiringWriter(0)];
    await expect(
      all.writeAllVectored([bytes("ab")], { signal: all.stop.signal }),
    ).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
    await expect(once.write(bytes("ab"), { signal: once.stop.signal })).rejects.toMatchObject({
      code: "ERR_AW_ABORTED",
    });
  });

  it("rejects a flush, and leaves the writer to the next operation", async () => {
    const target = new FiringWriter(10);
    await expect(target.flush({ signal: target.stop.signal })).rejects.toMatchObject({
      code: "ERR_AW_ABORTED",
    });
    await target.writeAll("next");
    expect(target.text).toBe("next");
  });
});

describe("an operation that waits", () => {
  it("hears of a failure although somebody else polled the writer last", async () => {
    const target = new RecordingWriter();
    target.stalled = true;
    const waiting = target.writeAll("a");
    target.pollFlush(new CountingWaker());
    target.failNow(new Error("broken"));
    await expect(waiting).rejects.toMatchObject({ cause: new Error("broken") });
  });

  it("leaves no listener on its signal, whether it is done, fails or is stopped", async () => {
    for (const end of ["done", "failed", "stopped"]) {
      const target = new RecordingWriter();
      target.stalled = true;
      const stop = new AbortController();
      const waiting = target.writeAll("a", { signal: stop.signal }).catch(() => {});
      expect(getEventListeners(stop.signal, "abort")).toHaveLength(1);
      if (end === "done") target.release();
      else if (end === "failed") target.failNow(new Error("broken"));
      else stop.abort();
      await waiting;
      expect(getEventListeners(stop.signal, "abort")).toEqual([]);
    }
  });

  it("lets the next one go on when it is stopped", async () => {
    const target = new RecordingWriter();
    target.stalled = true;
    const stop = new AbortController();
    const stopped = target.writeAll("a", { signal: stop.signal });
    const next = target.writeAll("b");
    // There is room again, and nobody was woken for it.
    target.stalled = false;
    stop.abort();
    await expect(stopped).rejects.toMatchObject({ code: "ERR_AW_ABORTED", bytesWritten: 0 });
    await next;
    expect(target.text).toBe("b");
  });
});

describe("await using", () => {
  it("aborts the writers below also after a close under way that rejects", async () => {
    const target = new RecordingWriter();
    target.stalled = true;
    const out = meter(target);
    const closing = out.close();
    const disposing = out[Symbol.asyncDispose]();
    target.failNext = new Error("the trailer did not fit");
    target.release();
    await expect(disposing).rejects.toMatchObject({ code: "ERR_AW_IO" });
    await expect(closing).rejects.toMatchObject({ code: "ERR_AW_IO" });
    expect(target.calls.at(-1)).toMatch(/^abort/);
  });

  it("aborts nothing that a close under way has closed", async () => {
    const target = memory();
    await target.writeAll("x");
    void target.close();
    await target[Symbol.asyncDispose]();
    expect(target.state).toBe("closed");
  });
});

describe("an operation that is called within the first poll of another", () => {
  /** Accepts half of what it is given. */
  class Half extends PassThrough {
    override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
      return super.pollWrite(waker, buf.subarray(0, Math.max(1, buf.length >> 1)));
    }
  }

  it.each([
    ["a write that is accepted in parts", () => new Half(new RecordingWriter())],
    ["a write that is accepted at once", () => new RecordingWriter()],
    ["a write that has to wait", () => new RecordingWriter({ maxBytes: 3, pending: true })],
  ])("comes after %s, and is not mixed with it", async (_name, make) => {
    const target = memory();
    let inner: Promise<void> | undefined;
    const shown = inspect(make(), (accepted) => {
      target.tryWrite(accepted);
      inner ??= out.writeAll("<<note>>");
    });
    const out = shown;
    await out.writeAll(bytes("A".repeat(16)));
    await inner;
    expect(target.text()).toBe(`${"A".repeat(16)}<<note>>`);
  });

  it("keeps its place before those that are called later", async () => {
    const target = memory();
    const calls: Promise<unknown>[] = [];
    const out = inspect(new Half(target), () => {
      if (calls.length === 0) calls.push(out.writeAll("2"), out.flush());
    });
    const first = out.writeAll(bytes("1".repeat(8)));
    calls.push(out.writeAll("3"));
    await Promise.all([first, ...calls]);
    expect(target.text()).toBe(`${"1".repeat(8)}23`);
  });
});

describe("a write past what waits (tryWritePast)", () => {
  class Passing extends RecordingWriter {
    past(text: string): number {
      return this.tryWritePast(bytes(text));
    }

    get waiting(): boolean {
      return this.hasWaitingWrites;
    }
  }

  it("is a write like any other while nothing waits, also as the first call", async () => {
    const out = new Passing();
    expect([out.waiting, out.past("a"), out.waiting]).toEqual([false, 1, false]);
    await out.flush();
    expect([out.past("b"), out.text]).toEqual([1, "ab"]);
  });

  it("overtakes a flush that waits, and no write", async () => {
    class FlushStalls extends Recording {
      override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
        const { stalled } = this;
        this.stalled = stalled && this.received.length > 2;
        const n = super.pollWrite(waker, buf);
        this.stalled = stalled;
        return n;
      }
    }
    const out = new Passing({}, new FlushStalls());
    await out.writeAll("a");
    out.stalled = true;
    const flushing = out.flush();
    expect([out.waiting, out.past("bc"), out.text]).toEqual([false, 2, "abc"]);
    const writing = out.writeAll("d");
    expect([out.waiting, out.past("e"), out.text]).toEqual([true, 0, "abc"]);
    out.release();
    await Promise.all([flushing, writing]);
    expect([out.waiting, out.past("f"), out.text]).toEqual([false, 1, "abcdf"]);
  });
});

describe("a queue that is woken", () => {
  it("polls the operation that waits once, however often that was", async () => {
    let polls = 0;
    const wakers: Waker[] = [];
    class Waiting extends Recording {
      override pollFlush(waker: Waker): Poll<void> {
        this.latch.check();
        polls++;
        wakers.push(waker);
        return this.latch.register(waker);
      }
    }
    const out = new RecordingWriter({}, new Waiting());
    const flushing = out.flush();
    for (let wakes = 0; wakes < 3; wakes++) wakers[0]?.wake();
    await turn();
    expect(polls).toBe(2);
    out.abort();
    await expect(flushing).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
  });
});
