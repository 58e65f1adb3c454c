import { Duplex, PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { linger } from "../src/linger.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A connection whose peer has not ended, and how often it was released. */
function waiting(patience = 100): { duplex: Duplex; released: () => number } {
  const duplex = new Duplex({ read() {}, write() {} });
  let count = 0;
  linger(duplex, patience, () => {
    count++;
  });
  return { duplex, released: () => count };
}

describe("a peer that is waited for", () => {
  it("is given up after its silence, and leaves no listener", () => {
    const { duplex, released } = waiting();
    vi.advanceTimersByTime(99);
    expect(released()).toBe(0);
    vi.advanceTimersByTime(1);
    expect(released()).toBe(1);
    const left = ["data", "end", "close"].map((name) => duplex.listenerCount(name));
    expect(left).toEqual([0, 0, 0]);
  });

  it("has its time anew with each byte, six times as long in all", async () => {
    const { duplex, released } = waiting();
    for (let time = 0; time < 590; time += 59) {
      duplex.push("x");
      await turn();
      vi.advanceTimersByTime(59);
      expect(released()).toBe(0);
    }
    vi.advanceTimersByTime(10);
    expect(released()).toBe(0);
    duplex.push("x");
    await turn();
    expect(released()).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each(["end", "close"])("is waited for until the %s, and no longer", async (how) => {
    const { duplex, released } = waiting();
    if (how === "end") duplex.push(null);
    else duplex.destroy();
    await turn();
    await turn();
    expect(released()).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is read, so that its end is noticed", async () => {
    const { duplex, released } = waiting();
    duplex.push("nobody wants this");
    duplex.push(null);
    for (let turns = 0; turns < 5; turns++) await turn();
    expect(released()).toBe(1);
  });
});

describe("nothing is waited for", () => {
  it("without patience", () => {
    expect(waiting(0).released()).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("when the peer has ended, or everything is gone", async () => {
    const ended = new PassThrough();
    ended.resume().end();
    await turn();
    const gone = new PassThrough();
    gone.destroy();
    for (const duplex of [ended, gone]) {
      let released = 0;
      linger(duplex, 100, () => {
        released++;
      });
      expect(released).toBe(1);
    }
    expect(vi.getTimerCount()).toBe(0);
  });
});
