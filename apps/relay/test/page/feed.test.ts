import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Live } from "../../page/src/live/live.ts";
import { Refused } from "../../page/src/live/refused.ts";

/** A relay that takes the request, and then says nothing. */
function silent(signal: AbortSignal): Promise<Response> {
  const body = new ReadableStream({
    start(controller) {
      signal.addEventListener("abort", () => controller.error(signal.reason));
    },
  });
  return Promise.resolve(new Response(body));
}

describe("a page whose relay", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("says nothing for ten seconds asks again", async () => {
    const events = vi.fn(silent);
    const live = new Live({ token: "", events });
    void live.start();
    await vi.advanceTimersByTimeAsync(9999);
    expect(live.status).toEqual({ kind: "connecting" });
    await vi.advanceTimersByTimeAsync(1);
    expect(live.status).toMatchObject({ kind: "lost" });
    await vi.advanceTimersByTimeAsync(1000);
    expect(events).toHaveBeenCalledTimes(2);
  });

  it("is overloaded says so, and asks again", async () => {
    const events = vi.fn(() => Promise.reject(new Refused(503, "too many look at it")));
    const live = new Live({ token: "", events });
    void live.start();
    await vi.advanceTimersByTimeAsync(2500);
    expect(live.status).toEqual({ kind: "lost", message: "too many look at it" });
    expect(events).toHaveBeenCalledTimes(3);
  });

  it("wants a token asks no more until it has one", async () => {
    const events = vi.fn(() => Promise.reject(new Refused(401, "")));
    const live = new Live({ token: "", events });
    void live.start();
    await vi.advanceTimersByTimeAsync(5000);
    expect(live.status).toEqual({ kind: "locked" });
    expect(events).toHaveBeenCalledTimes(1);
    live.unlock("wrong");
    await vi.advanceTimersByTimeAsync(5000);
    expect(live.status).toMatchObject({
      kind: "locked",
      message: expect.stringContaining("does not know this token"),
    });
    expect(events).toHaveBeenCalledTimes(2);
  });
});
