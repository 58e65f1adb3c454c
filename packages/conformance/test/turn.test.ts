import { afterEach, expect, it, vi } from "vitest";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** The module as it is on a platform without `setImmediate`. */
async function onPlatform(userAgent: string): Promise<{ turn: () => Promise<void> }> {
  vi.stubGlobal("setImmediate", undefined);
  vi.stubGlobal("navigator", { userAgent });
  vi.resetModules();
  return import("../src/turn.ts");
}

it.each([
  ["a browser, whose timers take 4 ms each", "Mozilla/5.0", false],
  ["a worker of Cloudflare, whose messages come in a microtask", "Cloudflare-Workers", true],
])("takes turns of %s", async (_name, userAgent, usesTimers) => {
  const { turn } = await onPlatform(userAgent);
  const setTimer = vi.spyOn(globalThis, "setTimeout");
  const order: string[] = [];
  const microtask = Promise.resolve().then(() => order.push("microtask"));
  for (const name of ["first", "second", "third"]) void turn().then(() => order.push(name));
  await microtask;
  expect(order).toEqual(["microtask"]);
  while (order.length < 4) await turn();
  expect(order).toEqual(["microtask", "first", "second", "third"]);
  expect(setTimer.mock.calls.length > 0).toBe(usesTimers);
});
