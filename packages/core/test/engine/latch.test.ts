import { PENDING, type AsyncWriteError } from "@aw/core";
import { describe, expect, it } from "vitest";
import { Latch } from "../../src/engine/latch.ts";
import { CountingWaker } from "../instruments.ts";

const owner = { toString: () => "thing" };

function setUp(release: (failure: AsyncWriteError) => void = () => {}): Latch {
  return new Latch(owner, release);
}

/** Lets the microtasks run in which listeners are called. */
const microtasks = (): Promise<void> => Promise.resolve();

describe("the state", () => {
  it("goes from open to closing to closed", () => {
    const latch = setUp();
    expect(latch.state).toBe("open");
    latch.beginClose();
    expect(latch.state).toBe("closing");
    latch.endClose();
    expect(latch.state).toBe("closed");
    latch.beginClose();
    expect(latch.state).toBe("closed");
  });

  it("refuses bytes after close with ERR_AW_CLOSED, naming the writer", () => {
    const latch = setUp();
    latch.beginClose();
    expect(() => latch.refuse()).toThrow(expect.objectContaining({ code: "ERR_AW_CLOSED" }));
    expect(() => latch.refuse()).toThrow(/^thing: write after close/);
  });
});

describe("a failure", () => {
  it("is latched: the first one is thrown by every check", () => {
    const latch = setUp();
    const first = latch.fail(new Error("first"));
    expect(latch.fail(new Error("second"))).toBe(first);
    expect(latch.state).toBe("failed");
    expect(() => latch.check()).toThrow(first);
    expect(() => latch.refuse()).toThrow(first);
  });

  it("releases once, with the failure, before the waker is woken", () => {
    const calls: unknown[] = [];
    const latch = setUp((failure) => calls.push(failure));
    latch.register({ wake: () => calls.push("wake") });
    const failure = latch.fail(new Error("reset"));
    latch.fail(new Error("again"));
    expect(calls).toEqual([failure, "wake"]);
  });

  it("after close is no failure of the writer", () => {
    const released: unknown[] = [];
    const latch = setUp((failure) => released.push(failure));
    latch.endClose();
    expect(latch.fail(new Error("late"))).toMatchObject({ code: "ERR_AW_IO" });
    expect(latch.state).toBe("closed");
    expect(() => latch.check()).not.toThrow();
    expect(released).toEqual([]);
  });

  it("wakes who waits even if releasing throws, and that surfaces as an uncaught exception", async () => {
    const uncaught: unknown[] = [];
    const listeners = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.once("uncaughtException", (error) => uncaught.push(error));
    const second = new Error("close failed");
    const latch = setUp(() => {
      throw second;
    });
    const waker = new CountingWaker();
    latch.register(waker);
    latch.fail(new Error("first"));
    expect(waker.wakes).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    for (const listener of listeners) process.on("uncaughtException", listener);
    expect(uncaught).toEqual([second]);
  });
});

describe("an abort", () => {
  it("fails with ERR_AW_ABORTED and its reason; only the first one is passed on", () => {
    const latch = setUp();
    const reason = new Error("enough");
    expect(latch.abort(reason)).toBe(true);
    expect(latch.abort(reason)).toBe(false);
    expect(() => latch.check()).toThrow(
      expect.objectContaining({ code: "ERR_AW_ABORTED", cause: reason }),
    );
  });

  it("of a failed writer keeps the failure, and is passed on all the same", () => {
    const latch = setUp();
    const failure = latch.fail(new Error("disk"));
    expect(latch.abort("reason")).toBe(true);
    expect(() => latch.check()).toThrow(failure);
  });

  it("after close does nothing", () => {
    const latch = setUp();
    latch.endClose();
    expect(latch.abort("reason")).toBe(false);
    expect(latch.state).toBe("closed");
  });
});

describe("the waker", () => {
  it("is the latest one, and is woken once", () => {
    const latch = setUp();
    const [stale, latest] = [new CountingWaker(), new CountingWaker()];
    expect(latch.register(stale)).toBe(PENDING);
    latch.register(latest);
    latch.wake();
    latch.wake();
    expect([stale.wakes, latest.wakes]).toEqual([0, 1]);
  });
});

describe("failure listeners", () => {
  it("are each called with the failure, in a microtask, once", async () => {
    const latch = setUp();
    const heard: [string, unknown][] = [];
    latch.onFailure((failure) => heard.push(["a", failure]));
    latch.onFailure((failure) => heard.push(["b", failure]));
    const failure = latch.fail(new Error("reset"));
    expect(heard).toEqual([]);
    await microtasks();
    latch.fail(new Error("again"));
    await microtasks();
    expect(heard).toEqual([
      ["a", failure],
      ["b", failure],
    ]);
  });

  it("that come after the failure hear of it too", async () => {
    const latch = setUp();
    const failure = latch.fail(new Error("reset"));
    const heard: unknown[] = [];
    latch.onFailure((error) => heard.push(error));
    expect(heard).toEqual([]);
    await microtasks();
    expect(heard).toEqual([failure]);
  });

  it("are not called once they are removed, be it between the failure and the call", async () => {
    const latch = setUp();
    const heard: unknown[] = [];
    const removeFirst = latch.onFailure(() => heard.push("first"));
    const removeSecond = latch.onFailure(() => heard.push("second"));
    removeFirst();
    latch.fail(new Error("reset"));
    removeSecond();
    await microtasks();
    expect(heard).toEqual([]);
  });

  it("may be the same function twice, and are removed one by one", async () => {
    const latch = setUp();
    let calls = 0;
    const listener = (): void => void calls++;
    const remove = latch.onFailure(listener);
    latch.onFailure(listener);
    remove();
    latch.fail(new Error("reset"));
    await microtasks();
    expect(calls).toBe(1);
  });

  it("never hear of anything after close", async () => {
    const latch = setUp();
    let calls = 0;
    latch.onFailure(() => void calls++);
    latch.endClose();
    latch.onFailure(() => void calls++);
    latch.fail(new Error("late"));
    await microtasks();
    expect(calls).toBe(0);
  });

  it("listen to nobody below after close", () => {
    const latch = setUp();
    latch.endClose();
    let begun = 0;
    latch.onFailure(
      () => {},
      () => void begun++,
    );
    expect(begun).toBe(0);
  });

  it("listen below only while somebody listens here", () => {
    const latch = setUp();
    let [begun, ended] = [0, 0];
    const listenBelow = () => {
      begun++;
      return () => void ended++;
    };
    const remove = latch.onFailure(() => {}, listenBelow);
    latch.onFailure(() => {}, listenBelow)();
    expect([begun, ended]).toEqual([1, 0]);
    remove();
    expect([begun, ended]).toEqual([1, 1]);
  });
});
