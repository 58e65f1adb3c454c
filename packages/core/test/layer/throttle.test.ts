import { memory, meter, PENDING, SourceEngine, throttle, toReader } from "@aw/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { counted, CountingWaker } from "../instruments.ts";
import { ManualSource } from "../reader/source.ts";

const waker = new CountingWaker();

describe("throttle", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("lets a burst through, then holds to the rate", () => {
    const inner = memory();
    const out = throttle(inner, { bytesPerSecond: 1000, burst: 100 });
    expect(out.pollWrite(waker, counted(500))).toBe(100);
    expect(out.pollWrite(waker, counted(500))).toBe(PENDING);
    const { wakes } = waker;
    vi.advanceTimersByTime(50);
    expect(waker.wakes).toBe(wakes + 1);
    expect(out.pollWrite(waker, counted(500))).toBe(50);
    for (let millisecond = 0; millisecond < 1000; millisecond++) {
      vi.advanceTimersByTime(1);
      out.pollWrite(waker, counted(500));
    }
    expect(inner.length).toBe(1150);
  });

  it("lets no more of several buffers through than of one", () => {
    const inner = memory();
    const out = throttle(inner, { bytesPerSecond: 1000, burst: 100 });
    const bufs = [counted(60), counted(0), counted(60)];
    expect(out.pollVectoredWrite(waker, bufs)).toBe(100);
    expect(inner.bytes()).toEqual(Uint8Array.of(...counted(60), ...counted(40)));
    expect(out.pollVectoredWrite(waker, bufs)).toBe(PENDING);
    vi.advanceTimersByTime(60_000);
    expect(out.pollVectoredWrite(waker, [counted(10), counted(10)])).toBe(20);
  });

  it("makes a write wait until it is worth it, and not until there is a byte", () => {
    const inner = meter(memory());
    const out = throttle(inner, { bytesPerSecond: 1_000_000 });
    const bytes = new Uint8Array(1_000_000);
    for (let millisecond = 0; millisecond < 1000; millisecond++) {
      vi.advanceTimersByTime(1);
      out.pollWrite(waker, bytes); // as loops do that poll once more after each write
      out.pollVectoredWrite(waker, [bytes]);
    }
    expect(inner.writes).toBe(20);
  });

  it("lets a short write through as soon as it is paid for", () => {
    const out = throttle(memory(), { bytesPerSecond: 1000 });
    out.pollWrite(waker, counted(100));
    expect(out.pollWrite(waker, counted(10))).toBe(PENDING);
    const { wakes } = waker;
    vi.advanceTimersByTime(10);
    expect(waker.wakes).toBe(wakes + 1);
    expect(out.pollWrite(waker, counted(10))).toBe(10);
  });

  it("saves up no more than a burst", () => {
    const out = throttle(memory(), { bytesPerSecond: 1000, burst: 100 });
    vi.advanceTimersByTime(60_000);
    expect(out.pollWrite(waker, counted(500))).toBe(100);
  });

  it("does not hold back flush and close", () => {
    const out = throttle(memory(), { bytesPerSecond: 1 });
    out.pollWrite(waker, counted(10));
    expect(out.pollWrite(waker, counted(10))).toBe(PENDING);
    expect(out.pollFlush(waker)).toBe(undefined);
    expect(out.pollClose(waker)).toBe(undefined);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("releases its timer at abort", () => {
    const out = throttle(memory(), { bytesPerSecond: 1 });
    out.pollWrite(waker, counted(10));
    out.pollWrite(waker, counted(10));
    expect(vi.getTimerCount()).toBe(1);
    out.abort();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("holds a reader to the rate, and not its end", () => {
    const source = new ManualSource();
    const reader = throttle(new SourceEngine(source), { bytesPerSecond: 1000, burst: 100 });
    expect(reader.pollFillBuf(waker)).toBe(PENDING);
    source.control.push(counted(500));
    let read = 0;
    for (let millisecond = 0; millisecond < 101; millisecond++) {
      const view = reader.pollFillBuf(waker);
      if (view !== PENDING) {
        read += view.length;
        reader.consume(view.length);
      }
      vi.advanceTimersByTime(1);
    }
    expect(read).toBe(200); // a burst, and half of one twice
    // What is shown and not used costs nothing, and grows.
    vi.advanceTimersByTime(60);
    expect(reader.pollFillBuf(waker)).toHaveLength(61);
    vi.advanceTimersByTime(10);
    expect(reader.pollFillBuf(waker)).toHaveLength(71);
    reader.consume(71);
    expect(reader.pollFillBuf(waker)).toBe(PENDING);
    const { wakes } = waker;
    vi.advanceTimersByTime(50);
    expect(waker.wakes).toBe(wakes + 1);
    vi.advanceTimersByTime(10_000);
    for (let view; (view = reader.pollFillBuf(waker)) !== PENDING;) {
      reader.consume(view.length);
      vi.advanceTimersByTime(1000);
    }
    source.control.end();
    expect(reader.pollFillBuf(waker)).toHaveLength(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("releases its timer at the end of a reader that was read before that fired", () => {
    const source = new ManualSource();
    const reader = throttle(new SourceEngine(source), { bytesPerSecond: 1000, burst: 100 });
    source.control.push(counted(200));
    source.control.end();
    expect(reader.pollFillBuf(waker)).toHaveLength(100);
    reader.consume(100);
    expect(reader.pollFillBuf(waker)).toBe(PENDING);
    expect(vi.getTimerCount()).toBe(1);
    // The time has come, and the timer's turn has not.
    const later = performance.now() + 1000;
    const clock = vi.spyOn(performance, "now").mockReturnValue(later);
    expect(reader.pollFillBuf(waker)).toHaveLength(100);
    reader.consume(100);
    expect(reader.pollFillBuf(waker)).toHaveLength(0);
    expect(vi.getTimerCount()).toBe(0);
    clock.mockRestore();
  });

  it("shows again what it has shown, also when there is more", () => {
    const source = new ManualSource();
    const reader = throttle(new SourceEngine(source), { bytesPerSecond: 1000, burst: 100 });
    reader.pollFillBuf(waker);
    source.control.push(counted(100));
    expect(reader.pollFillBuf(waker)).toHaveLength(100);
    reader.consume(90);
    source.control.push(counted(100));
    expect(reader.pollFillBuf(waker)).toHaveLength(10); // too little to begin with
    reader.consume(10);
    expect(reader.pollFillBuf(waker)).toBe(PENDING);
  });

  it("releases its timer when its reader is aborted", () => {
    const reader = throttle(toReader("abc"), { bytesPerSecond: 1, burst: 1 });
    expect(reader.pollFillBuf(waker)).toHaveLength(1);
    reader.consume(1);
    expect(reader.pollFillBuf(waker)).toBe(PENDING);
    expect(vi.getTimerCount()).toBe(1);
    reader.abort();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("refuses a rate that is none", () => {
    for (const options of [{ bytesPerSecond: 0 }, { bytesPerSecond: 10, burst: 0.5 }]) {
      expect(() => throttle(memory(), options)).toThrow(
        expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
      );
    }
  });

  it("credits a pause once", () => {
    const out = throttle(memory(), { bytesPerSecond: 1000, burst: 100 });
    vi.advanceTimersByTime(60_000);
    expect(out.pollWrite(waker, counted(100))).toBe(100);
    expect(out.pollWrite(waker, counted(100))).toBe(PENDING);
    expect(out.pollVectoredWrite(waker, [counted(100)])).toBe(PENDING);
  });

  it("holds a timer for no longer than a quarter of a second after a write was cancelled", () => {
    const out = throttle(memory(), { bytesPerSecond: 1, burst: 1_000_000 });
    out.pollWrite(waker, counted(1_000_000));
    expect(out.pollWrite(waker, counted(1))).toBe(PENDING);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(250);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("takes rates so small that one byte takes longer than a timer can wait", () => {
    const out = throttle(memory(), { bytesPerSecond: 1e-7, burst: 1 });
    out.pollWrite(waker, counted(1));
    expect(out.pollWrite(waker, counted(1))).toBe(PENDING);
    const { wakes } = waker;
    vi.advanceTimersByTime(249);
    expect(waker.wakes).toBe(wakes);
    vi.advanceTimersByTime(10_000_000_000);
    expect(out.pollWrite(waker, counted(1))).toBe(1);
  });
});
