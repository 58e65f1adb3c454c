import { PENDING } from "@aw/core";
import { CountingWaker } from "../instruments/counting-waker.ts";
import { ConformanceError, expectRule } from "../violation.ts";
import type { ReaderCaseDefinition } from "./reader-case.ts";
import type { ReaderDriver } from "./reader-driver.ts";

export const ENDING: readonly ReaderCaseDefinition[] = [
  {
    id: "AW-READ-4",
    title: "ends after the last byte, again and again, and ends without one",
    async run({ make, random }) {
      for (const size of [0, 5000]) {
        const driver = await make();
        if (size > 0) await driver.give(random.bytes(size));
        await driver.end();
        await driver.readRest();
        for (let again = 0; again < 3; again++) {
          const view = await driver.ready();
          expectRule(view.length === 0, "AW-READ-4", "a poll after the end does not show the end");
        }
        driver.reader.consume(0);
      }
    },
  },
  {
    id: "AW-READ-4",
    title: "does not end while the source gives nothing",
    async run({ make, random }) {
      const driver = await make();
      for (let round = 0; round < 3; round++) {
        // A poll that looks like an end is found by the driver.
        driver.poll(new CountingWaker());
        await driver.settle();
        driver.poll(new CountingWaker());
        await driver.give(random.bytes(10));
        await driver.readBytes(10);
      }
    },
  },
  {
    id: "AW-READ-5",
    title: "wakes with a byte, and with the end",
    async run({ make, random }) {
      const driver = await make();
      for (const step of [() => driver.give(random.bytes(100)), () => driver.end()]) {
        const waker = await pending(driver);
        await step();
        expectRule(await driver.isWoken(waker), "AW-READ-5", "a pending poll is not woken");
        await driver.readRest();
      }
    },
  },
  {
    id: "AW-READ-5",
    title: "wakes the waker of the latest poll, after polls without a reason too",
    async run({ make, random }) {
      const driver = await make();
      await pending(driver);
      for (let again = 0; again < 3; again++) {
        driver.origin?.wakeSpuriously();
        await driver.settle();
        await pending(driver);
      }
      const latest = await pending(driver);
      await driver.give(random.bytes(100));
      expectRule(await driver.isWoken(latest), "AW-READ-5", "the latest waker is not woken");
      await driver.readBytes(100);
    },
  },
  {
    id: "AW-READ-5",
    title: "does not poll the inner reader before wake() has returned",
    only: "layer",
    async run({ make, random }) {
      const driver = await make();
      await pending(driver);
      driver.origin?.wakeSpuriously();
      await driver.give(random.bytes(100));
      await driver.readBytes(100);
      const reentered = driver.origin?.wasReentered === true;
      expectRule(!reentered, "AW-READ-5", "the inner reader was polled from within its wake()");
    },
  },
  {
    id: "AW-READ-6",
    title: "fails after the bytes before, with the same object ever after",
    needs: ["fail"],
    async run({ make, random }) {
      for (const size of [0, 1, 5000]) {
        const driver = await make();
        if (size > 0) await driver.give(random.bytes(size));
        await driver.fail(new Error("injected"));
        await driver.settle();
        const failure = await failureAfter(driver);
        for (let again = 0; again < 3; again++) {
          const thrown = await driver.failure();
          const same = thrown !== undefined && thrown.error === failure;
          expectRule(same, "AW-READ-6", "a later poll does not throw the same failure");
        }
      }
    },
  },
  {
    id: "AW-READ-6",
    title: "wakes what is pending when the source fails",
    needs: ["fail"],
    async run({ make }) {
      const driver = await make();
      const waker = await pending(driver);
      await driver.fail(new Error("injected"));
      expectRule(await driver.isWoken(waker), "AW-READ-6", "a failure does not wake");
      await failureAfter(driver);
    },
  },
];

/** Reads what was given, and then the failure, which it returns. */
export async function failureAfter(driver: ReaderDriver): Promise<unknown> {
  for (;;) {
    let view;
    try {
      view = await driver.ready();
    } catch (error) {
      if (error instanceof ConformanceError) throw error;
      const lost = `it failed with ${driver.unread} bytes unread, which came before the failure`;
      expectRule(driver.unread === 0, "AW-READ-6", lost, error);
      return error;
    }
    expectRule(view.length > 0, "AW-READ-6", "a source that failed looks as if it had ended");
    driver.consume(view.length);
  }
}

/** A poll that stays PENDING, once everything has run that is due. */
export async function pending(driver: ReaderDriver): Promise<CountingWaker> {
  for (let polls = 0; polls < 20; polls++) {
    const waker = new CountingWaker();
    const answer = driver.poll(waker);
    expectRule(answer === PENDING, "AW-READ-5", "a poll is ready, though nothing was given");
    await driver.settle();
    if (waker.wakes === 0) return waker;
  }
  const waker = new CountingWaker();
  driver.poll(waker);
  return waker;
}
