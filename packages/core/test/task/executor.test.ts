import { afterEach, describe, expect, it } from "vitest";
import { schedule } from "../../src/task/executor.ts";
import { atTurnEnd } from "../../src/task/turn-end.ts";
import { catchUncaught, turn } from "../instruments.ts";

let caught: ReturnType<typeof catchUncaught> | undefined;
afterEach(() => void caught?.stop());

function uncaught(): unknown[] {
  caught = catchUncaught();
  return caught.errors;
}

const thrower = {
  run() {
    throw new Error("a foreign waker threw");
  },
};

describe.each([
  ["schedule", schedule],
  ["atTurnEnd", atTurnEnd],
])("%s", (_name, start) => {
  it("runs tasks in the order they came, and those they start", async () => {
    const order: string[] = [];
    start({ run: () => order.push("first") && start({ run: () => order.push("third") }) });
    start({ run: () => order.push("second") });
    expect(order).toEqual([]);
    await turn();
    await turn();
    expect(order).toEqual(["first", "second", "third"]);
  });

  it("runs the others after one that throws, hides nothing, and goes on", async () => {
    const errors = uncaught();
    const order: string[] = [];
    start({ run: () => order.push("before") });
    start(thrower);
    start({ run: () => order.push("after") });
    await turn();
    await turn();
    start({ run: () => order.push("later") });
    await turn();
    await turn();
    expect(order).toEqual(["before", "after", "later"]);
    expect(errors).toEqual([new Error("a foreign waker threw")]);
  });
});

describe("atTurnEnd", () => {
  it("comes after every microtask that goes on without waiting", async () => {
    const order: string[] = [];
    atTurnEnd({ run: () => void order.push("turn end") });
    for (let step = 0; step < 5; step++)
      await Promise.resolve().then(() => order.push("microtask"));
    await new Promise((resolve) => setImmediate(resolve));
    expect(order).toEqual([...Array.from({ length: 5 }, () => "microtask"), "turn end"]);
  });

  it("takes no turn for what was done meanwhile", async () => {
    let isDue = true;
    let runs = 0;
    atTurnEnd({
      get isDue() {
        return isDue;
      },
      run: () => void runs++,
    });
    isDue = false;
    for (let step = 0; step < 3; step++) await Promise.resolve();
    expect(runs).toBe(1);
  });
});
