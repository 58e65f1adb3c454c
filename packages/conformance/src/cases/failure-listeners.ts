import type { AsyncWriteError } from "@aw/core";
import type { CaseDefinition } from "../case.ts";
import { thrownBy, type Driver } from "../driver.ts";
import { CountingWaker } from "../instruments/counting-waker.ts";
import { expectRule } from "../violation.ts";
import { call } from "./failing.ts";

export const FAILURE_LISTENERS: readonly CaseDefinition[] = [
  {
    id: "AW-FAIL-5",
    title: "calls each listener once with the failure that polls throw, also one that comes late",
    needs: ["fail", "onFailure"],
    async run({ make, random }) {
      const driver = await make();
      const first = listenTo(driver);
      const second = listenTo(driver);
      await driver.writeAll(random.bytes(100));
      await driver.flushed();
      await driver.subject.fail?.(new Error("injected"));
      // A wrapper may hear of it by this poll only: that is for another case.
      thrownBy(() => call(driver, "pollFlush"));
      await heard(driver, first);
      await heard(driver, second);
      const late = listenTo(driver);
      await heard(driver, late);
      driver.writer.abort?.(new Error("abort after the failure"));
      await driver.settle();
      const thrown = thrownBy(() => call(driver, "pollFlush"));
      for (const { failures } of [first, second, late]) {
        const once = failures.length === 1 && failures[0] === thrown?.error;
        const finding = `a listener was called with ${failures.length} failures (${failures.join(", ")}), polls throw ${String(thrown?.error)}`;
        expectRule(once, "AW-FAIL-5", finding);
      }
    },
  },
  {
    id: "AW-FAIL-5",
    title: "calls no listener synchronously, neither in abort nor in onFailure",
    needs: ["abort", "onFailure"],
    async run({ make, random }) {
      const driver = await make();
      const before = listenTo(driver);
      await driver.writeAll(random.bytes(100));
      driver.writer.abort?.(new Error("the reason"));
      expectRule(before.failures.length === 0, "AW-FAIL-5", "abort calls a listener synchronously");
      const late = listenTo(driver);
      expectRule(late.failures.length === 0, "AW-FAIL-5", "onFailure calls back synchronously");
      await heard(driver, before);
      await heard(driver, late);
      for (const { failures } of [before, late]) {
        const code = failures[0]?.code;
        expectRule(
          code === "ERR_AW_ABORTED",
          "AW-FAIL-5",
          `listeners are called with an abort as ${code}`,
        );
      }
    },
  },
  {
    id: "AW-FAIL-5",
    title: "calls no listener within a poll that meets the failure",
    only: "layer",
    needs: ["fail", "onFailure"],
    async run({ make }) {
      const driver = await make();
      const listener = listenTo(driver);
      const told = driver.subject.fail?.(new Error("injected"));
      thrownBy(() => call(driver, "pollFlush"));
      const finding = "a listener is called synchronously by what fails below, or by a poll";
      expectRule(listener.failures.length === 0, "AW-FAIL-5", finding);
      await told;
      await heard(driver, listener);
    },
  },
  {
    id: "AW-FAIL-6",
    title: "calls no listener that was removed, and the others all the same",
    needs: ["abort", "onFailure"],
    async run({ make }) {
      const driver = await make();
      const removed = listenTo(driver);
      const removedLate = listenTo(driver);
      const kept = listenTo(driver);
      removed.remove();
      removed.remove();
      driver.writer.abort?.(new Error("the reason"));
      removedLate.remove();
      await heard(driver, kept);
      await driver.settle();
      const calls = removed.failures.length + removedLate.failures.length;
      expectRule(calls === 0, "AW-FAIL-6", "a listener is called after it was removed");
    },
  },
  {
    id: "AW-FAIL-6",
    title: "calls no listener once it is closed",
    needs: ["abort", "onFailure"],
    async run({ make, random }) {
      const driver = await make();
      const before = listenTo(driver);
      await driver.writeAll(random.bytes(100));
      await driver.closed();
      const after = listenTo(driver);
      driver.writer.abort?.(new Error("abort after close"));
      await driver.settle();
      const calls = before.failures.length + after.failures.length;
      expectRule(calls === 0, "AW-FAIL-6", "a listener is called after close");
    },
  },
  {
    id: "AW-FAIL-6",
    title: "leaves no listener on the inner writer once its own are removed",
    only: "layer",
    needs: ["onFailure"],
    async run({ make }) {
      const driver = await make();
      const listeners = [listenTo(driver), listenTo(driver)];
      for (const { remove } of listeners) remove();
      const left = driver.destination?.listenerCount;
      expectRule(left === 0, "AW-FAIL-6", `${left} listeners stay on the inner writer`);
    },
  },
  {
    id: "AW-FAIL-7",
    title: "tells its listeners what failed below it, without being polled",
    only: "layer",
    needs: ["fail", "onFailure"],
    async run({ make, random }) {
      const driver = await make();
      const listener = listenTo(driver);
      await driver.writeAll(random.bytes(100));
      await driver.flushed();
      await driver.subject.fail?.(new Error("injected"));
      await driver.settle();
      const { length } = listener.failures;
      expectRule(
        length > 0,
        "AW-FAIL-7",
        "a failure below does not reach the listeners of a wrapper",
      );
    },
  },
];

interface Listening {
  readonly failures: AsyncWriteError[];
  /** Woken at each call. */
  readonly waker: CountingWaker;
  readonly remove: () => void;
}

function listenTo({ writer }: Driver): Listening {
  const failures: AsyncWriteError[] = [];
  const waker = new CountingWaker();
  const remove = writer.onFailure?.((failure) => {
    failures.push(failure);
    waker.wake();
  });
  expectRule(remove !== undefined, "AW-FAIL-5", "it has no onFailure (supports.onFailure)");
  return { failures, waker, remove };
}

/** Waits until a listener was called, for as long as the kit is patient. */
async function heard(driver: Driver, { waker }: Listening): Promise<void> {
  expectRule(await driver.isWoken(waker), "AW-FAIL-5", "a listener is not called");
}
