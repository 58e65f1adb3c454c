import { PENDING } from "@aw/core";
import { describe, expect, it } from "vitest";
import { Arrivals } from "../../src/engine/arrivals.ts";
import { Latch } from "../../src/engine/latch.ts";
import { bytes, CountingWaker } from "../instruments.ts";

const owner = { toString: () => "owner" };

function arrivals(): { arrivals: Arrivals; latch: Latch; waker: CountingWaker } {
  const latch = new Latch(owner, () => {});
  return { arrivals: new Arrivals(latch), latch, waker: new CountingWaker() };
}

describe("Arrivals", () => {
  it("shows what has come, and registers the waker while that is nothing", () => {
    const { arrivals: came, waker } = arrivals();
    expect(came.poll(waker)).toBe(PENDING);
    came.add(bytes("ab"));
    expect(waker.wakes).toBe(1);
    expect(came.poll(waker)).toEqual(bytes("ab"));
    expect(came.isOpen).toBe(true);
  });

  it("takes no chunk without a byte for something that came", () => {
    const { arrivals: came, waker } = arrivals();
    came.poll(waker);
    came.add(new Uint8Array(0));
    expect(waker.wakes).toBe(0);
    expect(came.poll(waker)).toBe(PENDING);
  });

  it("tells an end and a failure after the bytes before it, and wakes for it", () => {
    for (const ending of ["end", { error: new Error("cut") }] as const) {
      const { arrivals: came, latch, waker } = arrivals();
      came.poll(waker);
      came.add(bytes("last"));
      came.finish(ending);
      came.add(bytes("too late"));
      expect(waker.wakes).toBe(1);
      expect(came.poll(waker)).toEqual(bytes("last"));
      came.chunks.consume(4);
      if (ending === "end") {
        expect(came.poll(waker)).toHaveLength(0);
        expect(latch.state).toBe("closed");
      } else {
        for (let time = 0; time < 2; time++)
          expect(() => came.poll(waker)).toThrow(expect.objectContaining({ cause: ending.error }));
        expect(latch.state).toBe("failed");
      }
    }
    const { arrivals: nothing, waker } = arrivals();
    nothing.poll(waker);
    nothing.finish("end");
    expect(waker.wakes).toBe(1);
  });

  it("counts the first ending, except that a failure undoes an end", () => {
    const [first, second] = [new Error("first"), new Error("second")];
    const failed = arrivals();
    failed.arrivals.finish({ error: first });
    failed.arrivals.finish({ error: second });
    failed.arrivals.finish("end");
    expect(failed.arrivals.ending).toEqual({ error: first });
    const ended = arrivals();
    ended.arrivals.finish("end");
    ended.arrivals.finish({ error: second });
    expect(ended.arrivals.ending).toEqual({ error: second });
    expect(() => ended.arrivals.poll(ended.waker)).toThrow("second");
  });

  it("is not failed by what comes once its end was told", () => {
    const { arrivals: came, latch, waker } = arrivals();
    came.finish("end");
    came.poll(waker);
    came.finish({ error: new Error("late") });
    expect(came.poll(waker)).toHaveLength(0);
    expect(latch.state).toBe("closed");
  });

  it("takes nothing more once its owner has failed", () => {
    const { arrivals: came, latch, waker } = arrivals();
    latch.abort("why");
    came.add(bytes("dropped"));
    came.finish("end");
    expect(came.isOpen).toBe(false);
    expect(came.chunks.isEmpty).toBe(true);
    expect(() => came.poll(waker)).toThrow(expect.objectContaining({ cause: "why" }));
  });
});
