import { Deadline, MAX_TIMER_MS, throwIfAborted, Timer } from "@aw/core/implementor";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A signal that counts its listeners. */
function countedSignal(): { controller: AbortController; listeners: () => number } {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--;
    remove(...args);
  };
  return { controller, listeners: () => listeners };
}

describe("Timer", () => {
  it("calls back once, after its time", () => {
    const callback = vi.fn();
    new Timer().start(100, callback);
    vi.advanceTimersByTime(99);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  it("waits longer than the platform's timers can", () => {
    const callback = vi.fn();
    const timer = new Timer();
    timer.start(2 * MAX_TIMER_MS + 5, callback);
    vi.advanceTimersByTime(2 * MAX_TIMER_MS + 4);
    expect(callback).not.toHaveBeenCalled();
    expect(timer.isRunning).toBe(true);
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledTimes(1);
    expect(timer.isRunning).toBe(false);
  });

  it("never fires after Infinity, and takes no timer for it", () => {
    new Timer().start(Infinity, () => {});
    expect(vi.getTimerCount()).toBe(0);
  });

  it("starts anew in place of what ran, and is silent once cleared", () => {
    const first = vi.fn();
    const second = vi.fn();
    const timer = new Timer();
    timer.start(10, first);
    timer.start(20, second);
    vi.advanceTimersByTime(20);
    timer.start(10, first);
    timer.clear();
    vi.advanceTimersByTime(100);
    expect(first).not.toHaveBeenCalled();
    expect(second).toHaveBeenCalledTimes(1);
  });
});

describe("Timer of the platform", () => {
  it.each([true, false])("lets the process end if it should (unref: %s)", (unref) => {
    vi.useRealTimers();
    const spy = vi.spyOn(globalThis, "setTimeout");
    const timer = new Timer({ unref });
    timer.start(1_000_000, () => {});
    const handle = spy.mock.results[0]?.value as NodeJS.Timeout;
    expect(handle.hasRef()).toBe(!unref);
    timer.clear();
    spy.mockRestore();
  });
});

describe("Deadline of the platform", () => {
  it.each([true, false, undefined])("lets the process end if it should (unref: %s)", (unref) => {
    vi.useRealTimers();
    const spy = vi.spyOn(globalThis, "setTimeout");
    const deadline = new Deadline({ attempt: "wait", ms: 1_000_000, unref }, () => {});
    const handle = spy.mock.results[0]?.value as NodeJS.Timeout;
    expect(handle.hasRef()).toBe(unref !== true);
    deadline.clear();
    spy.mockRestore();
  });
});

describe("Deadline", () => {
  it("expires by its time with ERR_AW_TIMEOUT, once", () => {
    const expire = vi.fn();
    const { controller, listeners } = countedSignal();
    void new Deadline({ attempt: "connect tcp", ms: 5, signal: controller.signal }, expire);
    vi.advanceTimersByTime(5);
    controller.abort();
    expect(expire).toHaveBeenCalledTimes(1);
    expect(expire).toHaveBeenCalledWith(
      expect.objectContaining({
        code: "ERR_AW_TIMEOUT",
        message: "connect tcp: not done within 5 ms",
      }),
    );
    expect(listeners()).toBe(0);
  });

  it("says of the time what it is told to", () => {
    const expire = vi.fn();
    void new Deadline({ attempt: "connect", ms: 5, late: "no answer; is the host up?" }, expire);
    vi.advanceTimersByTime(5);
    expect(expire).toHaveBeenCalledWith(
      expect.objectContaining({ message: "connect: no answer; is the host up?" }),
    );
  });

  it("expires by its signal with ERR_AW_ABORTED, once, and clears its timer", () => {
    const expire = vi.fn();
    const { controller, listeners } = countedSignal();
    void new Deadline({ attempt: "connect", ms: 5, signal: controller.signal }, expire);
    controller.abort("enough");
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(5);
    expect(expire).toHaveBeenCalledTimes(1);
    expect(expire).toHaveBeenCalledWith(
      expect.objectContaining({
        code: "ERR_AW_ABORTED",
        message: "connect: aborted by its signal",
        cause: "enough",
      }),
    );
    expect(listeners()).toBe(0);
  });

  it("is silent after clear, and holds nothing", () => {
    const expire = vi.fn();
    const { controller, listeners } = countedSignal();
    const deadline = new Deadline({ attempt: "a", ms: 5, signal: controller.signal }, expire);
    deadline.clear();
    deadline.clear();
    expect(vi.getTimerCount()).toBe(0);
    expect(listeners()).toBeLessThanOrEqual(0);
    controller.abort();
    vi.advanceTimersByTime(100);
    expect(expire).not.toHaveBeenCalled();
  });

  it("expires in a microtask if the signal has fired already, unless cleared before", async () => {
    const expire = vi.fn();
    const cleared = vi.fn();
    const signal = AbortSignal.abort("early");
    void new Deadline({ attempt: "a", ms: 5, signal }, expire);
    new Deadline({ attempt: "a", ms: 5, signal }, cleared).clear();
    expect(expire).not.toHaveBeenCalled();
    await Promise.resolve();
    expect(expire).toHaveBeenCalledWith(expect.objectContaining({ code: "ERR_AW_ABORTED" }));
    expect(cleared).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("without a time or a signal holds nothing", () => {
    void new Deadline({ attempt: "a" }, () => {});
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("throwIfAborted", () => {
  it("throws the reason as the cause, and only if there is one", () => {
    throwIfAborted("a", undefined);
    throwIfAborted("a", new AbortController().signal);
    expect(() => throwIfAborted("a", AbortSignal.abort("why"))).toThrow(
      expect.objectContaining({ code: "ERR_AW_ABORTED", cause: "why" }),
    );
  });
});
