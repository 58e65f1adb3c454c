import { afterEach, beforeEach, expect, it, vi } from "vitest";

// Cloudflare's workers drop the timers of a request when it is over. `tests/runtimes/workerd.test.ts` has the real ones.

/** What requests have set, by their number; only those of the present one are run. */
let timers: { request: number; callback: () => void }[] = [];
let request = 0;

beforeEach(() => {
  timers = [];
  request = 0;
  vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" });
  vi.stubGlobal("setTimeout", (callback: () => void) => timers.push({ request, callback }));
  // The modules look at the platform once.
  vi.resetModules();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

function nextRequest(): void {
  request++;
  timers = timers.filter((timer) => timer.request === request);
}

function runTimers(): void {
  for (const { callback } of timers.splice(0)) callback();
}

async function microtasks(): Promise<void> {
  for (let each = 0; each < 10; each++) await Promise.resolve();
}

it("an operation waits for a turn of its own request", async () => {
  const { COSTLY, spend } = await import("../../src/task/coop.ts");
  while (spend(COSTLY) === undefined);
  await microtasks();
  nextRequest();
  let isDone = false;
  void spend(COSTLY)?.then(() => (isDone = true));
  await microtasks();
  expect(isDone).toBe(false);
  runTimers();
  await microtasks();
  expect(isDone).toBe(true);
  expect(spend(COSTLY)).toBeUndefined();
});

it("what asks in the same microtask shares a timer", async () => {
  const { COSTLY, spend } = await import("../../src/task/coop.ts");
  let first: Promise<void> | undefined;
  while (first === undefined) first = spend(COSTLY);
  const count = timers.length;
  for (let each = 0; each < 100; each++) expect(spend(COSTLY)).toBe(first);
  expect(timers).toHaveLength(count);
});

it("tasks of one request do not wait with those of one that is over", async () => {
  const { COSTLY, spend } = await import("../../src/task/coop.ts");
  const { schedule } = await import("../../src/task/executor.ts");
  while (spend(COSTLY) === undefined);
  const ran: string[] = [];
  schedule({ run: () => ran.push("dropped") });
  await microtasks();
  nextRequest();
  schedule({ run: () => ran.push("own") });
  await microtasks();
  runTimers();
  await microtasks();
  expect(ran).toEqual(["own"]);
});

it("what is to leave at the end of the turn needs no timer", async () => {
  const { atTurnEnd } = await import("../../src/task/turn-end.ts");
  let isRun = false;
  atTurnEnd({ run: () => (isRun = true) });
  await microtasks();
  expect([isRun, timers.length]).toEqual([true, 0]);
});

it("does without timers while a module is evaluated, which may set none", async () => {
  vi.stubGlobal("setTimeout", () => {
    throw new Error("Disallowed operation called within global scope");
  });
  const { nextTurn } = await import("../../src/task/platform.ts");
  let isRun = false;
  nextTurn(() => (isRun = true));
  expect(isRun).toBe(false);
  await microtasks();
  expect(isRun).toBe(true);
});
