import { memory, PENDING, SourceEngine, timeout } from "@aw/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bytes, CountingWaker, RecordingWriter } from "../instruments.ts";
import { ManualSource } from "../reader/source.ts";

const waker = new CountingWaker();

describe("timeout", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each(["write", "flush", "close"] as const)("fails a %s that makes no progress", (kind) => {
    const inner = new RecordingWriter();
    inner.stalled = true;
    const out = timeout(inner, { [kind]: 100 });
    const poll = (): unknown =>
      kind === "write"
        ? out.pollWrite(waker, bytes("a"))
        : kind === "flush"
          ? out.pollFlush(waker)
          : out.pollClose(waker);
    expect(poll()).toBe(PENDING);
    vi.advanceTimersByTime(99);
    expect(poll()).toBe(PENDING);
    const { wakes } = waker;
    vi.advanceTimersByTime(1);
    expect(waker.wakes).toBe(wakes + 1);
    expect(poll).toThrow(expect.objectContaining({ code: "ERR_AW_TIMEOUT" }));
    expect(inner.state).not.toBe("failed");
  });

  it("fails a read that makes no progress, and leaves the reader below as it is", () => {
    const source = new ManualSource();
    const engine = new SourceEngine(source);
    const reader = timeout(engine, { read: 100 });
    expect(reader.pollFillBuf(waker)).toBe(PENDING);
    vi.advanceTimersByTime(99);
    source.control.push(bytes("a"));
    expect(reader.pollFillBuf(waker)).toEqual(bytes("a"));
    expect(vi.getTimerCount()).toBe(0);
    reader.consume(1);
    expect(reader.pollFillBuf(waker)).toBe(PENDING);
    // The source has caught up, and nobody has looked.
    source.control.push(bytes("b"));
    vi.advanceTimersByTime(1000);
    expect(reader.pollFillBuf(waker)).toEqual(bytes("b"));
    reader.consume(1);
    expect(reader.pollFillBuf(waker)).toBe(PENDING);
    const { wakes } = waker;
    vi.advanceTimersByTime(100);
    expect(waker.wakes).toBe(wakes + 1);
    expect(() => reader.pollFillBuf(waker)).toThrow(
      expect.objectContaining({
        code: "ERR_AW_TIMEOUT",
        message: expect.stringContaining("the source stalls") as string,
      }),
    );
    expect(engine.state).toBe("open");
  });

  it("starts anew at progress, and never runs while idle", () => {
    const inner = new RecordingWriter();
    const out = timeout(inner, { write: 100 });
    for (let round = 0; round < 5; round++) {
      inner.stalled = true;
      expect(out.pollWrite(waker, bytes("a"))).toBe(PENDING);
      vi.advanceTimersByTime(80);
      inner.release();
      expect(out.pollWrite(waker, bytes("a"))).toBe(1);
    }
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(10_000);
    expect(out.pollWrite(waker, bytes("a"))).toBe(1);
  });

  it("releases its timer at abort", () => {
    const inner = new RecordingWriter();
    inner.stalled = true;
    const out = timeout(inner, { write: 100 });
    out.pollWrite(waker, bytes("a"));
    out.abort();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("refuses a time that is none", () => {
    expect(() => timeout(memory(), { write: 0 })).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
  });

  it("does not fail a writer that was drained after a tryWrite that found no room", () => {
    const inner = new RecordingWriter();
    inner.stalled = true;
    const out = timeout(inner, { write: 100 });
    expect(out.tryWrite(bytes("a"))).toBe(0);
    vi.advanceTimersByTime(50);
    inner.release();
    vi.advanceTimersByTime(10_000);
    expect(out.state).toBe("open");
    expect(out.tryWrite(bytes("a"))).toBe(1);
  });

  it("does not fail a writer that was drained after its write was cancelled", async () => {
    const inner = new RecordingWriter();
    inner.stalled = true;
    const out = timeout(inner, { write: 100 });
    const stop = new AbortController();
    const writing = out.writeAll("a", { signal: stop.signal });
    stop.abort();
    await expect(writing).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
    inner.release();
    vi.advanceTimersByTime(10_000);
    expect(out.state).toBe("open");
    await out.writeAll("b");
    expect(inner.text).toBe("b");
  });

  it("takes no wake without room for progress", () => {
    const inner = new RecordingWriter();
    inner.stalled = true;
    const out = timeout(inner, { write: 100 });
    expect(out.pollWrite(waker, bytes("a"))).toBe(PENDING);
    for (let step = 0; step < 9; step++) {
      vi.advanceTimersByTime(10);
      inner.release();
      inner.stalled = true;
      expect(out.pollWrite(waker, bytes("a"))).toBe(PENDING);
    }
    vi.advanceTimersByTime(10);
    expect(out.state).toBe("failed");
  });
});

it("keeps the process alive for as long as somebody may wait, and no longer", async () => {
  const started = vi.spyOn(globalThis, "setTimeout");
  const cleared = vi.spyOn(globalThis, "clearTimeout");
  const inner = new RecordingWriter();
  inner.stalled = true;
  const out = timeout(inner, { write: 1_000_000 });
  const writing = out.writeAll("a");
  const timer = started.mock.results[0]?.value as NodeJS.Timeout;
  // An unreferenced one would let a program end with the `await` open, and its time-out unsaid.
  expect(timer.hasRef()).toBe(true);
  inner.release();
  await writing;
  expect(cleared).toHaveBeenLastCalledWith(timer);
  vi.restoreAllMocks();
});
