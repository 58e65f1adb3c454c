import { sink, toReader } from "@aw/core";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

// Workers of Cloudflare have a clock that stands still while a program computes.
beforeEach(() => void vi.spyOn(performance, "now").mockReturnValue(0));
afterEach(() => void vi.restoreAllMocks());

it("a loop of awaited writes lets timers run although the clock stands still", async () => {
  const out = sink();
  let isDue = false;
  setTimeout(() => (isDue = true));
  // Without a bound this would end by the limit of the test.
  while (!isDue) await out.writeAll("x");
  expect(isDue).toBe(true);
});

it("a loop of awaited reads does, too", async () => {
  const reader = toReader(new Uint8Array(50_000_000));
  let isDue = false;
  setTimeout(() => (isDue = true));
  const piece = new Uint8Array(1);
  while (!isDue && (await reader.readInto(piece)) > 0);
  expect(isDue).toBe(true);
});
