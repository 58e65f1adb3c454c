import { meter } from "@aw/core";
import { describe, expect, it, vi } from "vitest";
import { bytes, CountingWaker, RecordingWriter } from "../instruments.ts";

const waker = new CountingWaker();

describe("meter", () => {
  it("counts bytes, calls and waits", async () => {
    const inner = new RecordingWriter({ pending: true });
    const out = meter(inner);
    await out.writeAll("abc");
    await out.writeAllVectored([bytes("de")]);
    await out.flush();
    expect(out).toMatchObject({ bytes: 5, writes: 2, flushes: 1, pendings: 3 });
    await out.close();
  });

  it("counts the time that the inner writer made it wait", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const inner = new RecordingWriter();
    const out = meter(inner);
    inner.stalled = true;
    expect(out.isPending).toBe(false);
    out.pollWrite(waker, bytes("a"));
    expect(out.isPending).toBe(true);
    vi.advanceTimersByTime(30);
    expect(out.pendingTime).toBe(30);
    inner.release();
    out.pollWrite(waker, bytes("a"));
    expect(out.isPending).toBe(false);
    vi.advanceTimersByTime(500);
    expect(out.pendingTime).toBe(30);
    vi.useRealTimers();
  });

  it("ends its wait where the writer fails", () => {
    const inner = new RecordingWriter();
    const out = meter(inner);
    inner.stalled = true;
    out.pollWrite(waker, bytes("a"));
    out.abort();
    expect([out.pendings, out.isPending]).toEqual([1, false]);
  });
});
