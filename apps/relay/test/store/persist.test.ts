import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { persist, type Persistence } from "../../src/store/persist.ts";

class Temporary extends Error {}

function persistence(more: Partial<Persistence> = {}): Persistence {
  return {
    attempt: "put x",
    withinMs: 10_000,
    isTemporary: (error) => error instanceof Temporary,
    onRetry: vi.fn<() => void>(),
    ...more,
  };
}

describe("persist", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("repeats what fails for the moment, and says how often", async () => {
    let attempts = 0;
    const onRetry = vi.fn<() => void>();
    const result = persist(async () => {
      if (attempts++ < 3) throw new Temporary();
      return attempts;
    }, persistence({ onRetry }));
    await vi.runAllTimersAsync();
    expect(await result).toBe(4);
    expect(onRetry).toHaveBeenCalledTimes(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("gives up at its time, with the last failure, and never begins an attempt after it", async () => {
    const left: number[] = [];
    const result = persist(async (leftMs) => {
      left.push(leftMs);
      throw new Temporary(`attempt ${left.length}`);
    }, persistence());
    const settled = expect(result).rejects.toThrow(`attempt`);
    await vi.runAllTimersAsync();
    await settled;
    expect(left[0]).toBe(10_000);
    expect(Math.min(...left)).toBeGreaterThan(0);
    expect(left.length).toBeGreaterThan(8);
  });

  it("repeats nothing that would fail again", async () => {
    const attempt = vi.fn<() => Promise<void>>().mockRejectedValue(new Error("never"));
    await expect(persist(attempt, persistence())).rejects.toThrow("never");
    expect(attempt).toHaveBeenCalledTimes(1);
  });

  it("waits for nothing any more when its signal fires: neither an attempt, nor a pause", async () => {
    const { signal, reason, abort } = aborting();
    const hanging = persist(() => new Promise(() => {}), persistence({ signal }));
    const pausing = persist(
      () => Promise.reject(new Temporary()),
      persistence({ signal, onRetry: () => queueMicrotask(abort) }),
    );
    for (const each of [hanging, pausing]) {
      await expect(each).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: reason });
    }
    const late = persist(() => Promise.resolve(1), persistence({ signal }));
    await expect(late).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
  });
});

function aborting(): { signal: AbortSignal; reason: Error; abort: () => void } {
  const controller = new AbortController();
  const reason = new Error("the relay stops");
  return { signal: controller.signal, reason, abort: () => controller.abort(reason) };
}
