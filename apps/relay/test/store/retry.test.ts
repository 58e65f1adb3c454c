import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { retry, type RetryOptions } from "../../src/store/retry.ts";

class Temporary extends Error {}

function options(more: Partial<RetryOptions> = {}): RetryOptions {
  return {
    attempt: "put x",
    withinMs: 10_000,
    isTemporary: (error) => error instanceof Temporary,
    onRetry: vi.fn<() => void>(),
    ...more,
  };
}

describe("retry", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("repeats what fails for the moment, and says how often", async () => {
    let attempts = 0;
    const onRetry = vi.fn<() => void>();
    const result = retry(async () => {
      if (attempts++ < 3) throw new Temporary();
      return attempts;
    }, options({ onRetry }));
    await vi.runAllTimersAsync();
    expect(await result).toBe(4);
    expect(onRetry).toHaveBeenCalledTimes(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("gives up at its time, with the last failure, and never begins an attempt after it", async () => {
    const left: number[] = [];
    const result = retry(async (leftMs) => {
      left.push(leftMs);
      throw new Temporary(`attempt ${left.length}`);
    }, options());
    const settled = expect(result).rejects.toThrow(`attempt`);
    await vi.runAllTimersAsync();
    await settled;
    expect(left[0]).toBe(10_000);
    expect(Math.min(...left)).toBeGreaterThan(0);
    expect(left.length).toBeGreaterThan(8);
  });

  it("repeats nothing that would fail again", async () => {
    const attempt = vi.fn<() => Promise<void>>().mockRejectedValue(new Error("never"));
    await expect(retry(attempt, options())).rejects.toThrow("never");
    expect(attempt).toHaveBeenCalledTimes(1);
  });

  it("waits for nothing any more when its signal fires: neither an attempt, nor a pause", async () => {
    const { signal, reason, abort } = aborting();
    const hanging = retry(() => new Promise(() => {}), options({ signal }));
    const pausing = retry(
      () => Promise.reject(new Temporary()),
      options({ signal, onRetry: () => queueMicrotask(abort) }),
    );
    for (const each of [hanging, pausing]) {
      await expect(each).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: reason });
    }
    const late = retry(() => Promise.resolve(1), options({ signal }));
    await expect(late).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
  });
});

function aborting(): { signal: AbortSignal; reason: Error; abort: () => void } {
  const controller = new AbortController();
  const reason = new Error("the relay stops");
  return { signal: controller.signal, reason, abort: () => controller.abort(reason) };
}
