import { memory, meter, PENDING } from "@aw/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Valve } from "../src/ingest/valve.ts";

const waker = { wake: vi.fn<() => void>() };
const block = new Uint8Array(1_000_000);

describe("a valve", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
    waker.wake.mockClear();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("makes a write wait until it is worth it, and not until there is a byte", () => {
    const inner = meter(memory());
    const out = new Valve(1_000_000).hold(inner);
    for (let ms = 0; ms < 1000; ms++) {
      vi.advanceTimersByTime(1);
      out.pollWrite(waker, block); // as loops do that poll once more after each write
    }
    expect(inner.bytes).toBe(1_000_000);
    expect(inner.writes).toBe(20);
  });

  it("wakes who waits once a write that is short can go", () => {
    const out = new Valve(1000).hold(memory());
    expect(out.pollWrite(waker, block.subarray(0, 10))).toBe(PENDING);
    vi.advanceTimersByTime(9);
    expect(waker.wake).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(waker.wake).toHaveBeenCalledTimes(1);
    expect(out.pollWrite(waker, block.subarray(0, 10))).toBe(10);
  });

  it("wakes who waits when it is opened", () => {
    const valve = new Valve(1);
    const out = valve.hold(memory());
    expect(out.pollWrite(waker, block)).toBe(PENDING);
    valve.bytesPerSecond = undefined;
    expect(waker.wake).toHaveBeenCalledTimes(1);
    expect(out.pollWrite(waker, block)).toBe(block.length);
    expect(vi.getTimerCount()).toBe(0);
  });
});
