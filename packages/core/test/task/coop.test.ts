import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from "vitest";
import { costOf, COSTLY, mustYield, spend } from "../../src/task/coop.ts";
import { CountingWaker, turn } from "../instruments.ts";

describe("the cooperative budget", () => {
  // Runs through all tests: a slice of time that one of them began is long over in the next, whatever time has passed.
  let clock = Math.ceil(performance.now());
  let now: MockInstance<() => number>;
  beforeEach(async () => {
    // The budget is one of the whole thread: begin with a fresh turn.
    await turn();
    // Later than any slice of time lasts: the first budget that is used up begins one.
    clock += 1000;
    now = vi.spyOn(performance, "now").mockImplementation(() => clock);
  });
  afterEach(async () => {
    now.mockRestore();
    // The slice of time that began by the false clock ends with its turn.
    await turn();
  });

  /** Spends so many budgets; the clock stands still meanwhile. Returns how many answers had to wait. */
  function spendBudgets(count: number): number {
    let waits = 0;
    for (let each = 0; each < count; each++) if (spend(COSTLY) !== undefined) waits++;
    return waits;
  }

  it("costs a promise only once the operations of a turn have taken 5 ms", () => {
    expect(spendBudgets(10)).toBe(0);
    clock += 4;
    expect(spend(COSTLY)).toBeUndefined();
    clock += 1;
    expect(spend(COSTLY)).toBeInstanceOf(Promise);
  });

  it("looks out for the end of a turn only once operations have gone on for 2 ms", async () => {
    spendBudgets(1);
    await turn();
    clock += 1;
    expect(spendBudgets(3)).toBe(0);
    // Nobody knows whether this is still the same turn: a slice of time begins.
    clock += 4;
    expect(spendBudgets(3)).toBe(0);
    clock += 4;
    expect(spendBudgets(3)).toBe(0);
    clock += 1;
    expect(spend(COSTLY)).toBeInstanceOf(Promise);
  });

  it("does not read the clock while the budget lasts", () => {
    spendBudgets(2);
    now.mockClear();
    for (let each = 1; each < COSTLY; each++) expect(spend(1)).toBeUndefined();
    expect(now).not.toHaveBeenCalled();
    expect(spend(1)).toBeUndefined();
    expect(now).toHaveBeenCalledTimes(1);
  });

  it("goes on in the next turn of the event loop, with a new slice of time", async () => {
    const order: string[] = [];
    setImmediate(() => order.push("others"));
    spendBudgets(1);
    clock += 5;
    const waited = spend(COSTLY)?.then(() => order.push("on"));
    await Promise.resolve();
    expect(order).toEqual([]);
    await waited;
    expect(order).toEqual(["others", "on"]);
    expect(spendBudgets(3)).toBe(0);
  });

  it("leaves the event loop alone while turns are short", async () => {
    spendBudgets(1);
    await turn();
    const immediates = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === "Immediate").length;
    const before = immediates();
    clock += 1;
    spendBudgets(3);
    expect(immediates()).toBe(before);
    clock += 1;
    spendBudgets(1);
    expect(immediates()).toBe(before + 1);
  });

  it("lets all operations of a turn that is over wait for the same promise", () => {
    spendBudgets(1);
    clock += 5;
    expect(spend(COSTLY)).toBe(spend(1));
  });

  it("wakes a poll that has to yield in the next turn, and no other", async () => {
    const waker = new CountingWaker();
    expect(mustYield(COSTLY, waker)).toBe(false);
    clock += 5;
    expect(mustYield(COSTLY, waker)).toBe(true);
    expect(waker.wakes).toBe(0);
    await turn();
    await turn();
    expect(waker.wakes).toBe(1);
  });
});

it.each([
  [0, 1],
  [255, 1],
  [256, 2],
  [65_536, 257],
])("moving %i bytes costs %i", (size, cost) => {
  expect(costOf(size)).toBe(cost);
});
