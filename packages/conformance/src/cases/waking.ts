import { PENDING } from "@aw/core";
import type { CaseDefinition } from "../case.ts";
import { CountingWaker } from "../instruments/counting-waker.ts";
import { staleWakerDetector } from "../instruments/stale-waker-detector.ts";
import { expectRule } from "../violation.ts";
import { fill } from "./fill.ts";

export const WAKING: readonly CaseDefinition[] = [
  {
    id: "AW-WAKE-1",
    title: "wakes the waker of the latest call",
    needs: ["stall"],
    async run(context) {
      const driver = await context.make();
      await fill(context, driver);
      const latest = new CountingWaker();
      if (driver.write(latest, context.random.bytes(10)) !== PENDING) return;
      driver.subject.release?.();
      const woken = await driver.isWoken(latest);
      expectRule(woken, "AW-WAKE-1", "the waker of the latest call is not woken");
    },
  },
  {
    id: "AW-WAKE-1",
    title: "wakes the waker of the latest flush and close",
    needs: ["stall"],
    async run(context) {
      for (const method of ["flush", "close"] as const) {
        const driver = await context.make();
        await fill(context, driver);
        const detector = staleWakerDetector(driver.writer);
        const poll = (waker: CountingWaker) =>
          method === "flush" ? detector.pollFlush(waker) : detector.pollClose(waker);
        const latest = new CountingWaker();
        if (poll(new CountingWaker()) !== PENDING || poll(latest) !== PENDING) continue;
        driver.subject.release?.();
        const woken = await driver.isWoken(latest);
        const stale = detector.staleWakes > 0 ? ", an earlier one is" : "";
        expectRule(woken, "AW-WAKE-1", `the waker of the latest ${method} is not woken${stale}`);
      }
    },
  },
  {
    id: "AW-WAKE-2",
    title: "is not confused by polls and wakes without a reason",
    needs: ["stall"],
    async run(context) {
      const { random } = context;
      const driver = await context.make();
      const { destination, subject } = driver;
      const waker = await fill(context, driver);
      for (let again = 0; again < 10; again++) {
        driver.write(waker, random.bytes(10));
        destination?.wakeSpuriously();
        await driver.settle();
      }
      subject.release?.();
      await driver.writeAll(random.bytes(100));
      await subject.stall?.();
      const closing = new CountingWaker();
      for (let again = 0; again < 10; again++) {
        if (driver.close(closing) !== PENDING) break;
        destination?.wakeSpuriously();
        await driver.settle();
      }
      subject.release?.();
      await driver.closed();
      await driver.compare("AW-WAKE-2");
      const finished = !context.supports.finished || (await subject.finished?.()) === true;
      expectRule(finished, "AW-WAKE-2", "a wake without a reason made close ready");
    },
  },
  {
    id: "AW-WAKE-3",
    title: "does not poll the inner writer before wake() has returned",
    only: "layer",
    needs: ["stall"],
    async run(context) {
      for (const method of ["write", "flush", "close"] as const) {
        const driver = await context.make();
        await fill(context, driver);
        const { destination } = driver;
        if (method === "flush") driver.flush(new CountingWaker());
        if (method === "close") driver.close(new CountingWaker());
        destination?.wakeSpuriously();
        driver.subject.release?.();
        await driver.settle();
        const reentered = destination?.wasReentered === true;
        expectRule(!reentered, "AW-WAKE-3", "the inner writer was polled from within its wake()");
      }
    },
  },
  {
    id: "AW-WAKE-3",
    title: "wakes again after a wake that polls nothing",
    only: "factory",
    needs: ["stall"],
    async run(context) {
      const driver = await context.make();
      const waker = await fill(context, driver);
      driver.subject.release?.();
      expectRule(await driver.isWoken(waker), "AW-WRITE-2", "a PENDING write is not woken");
      // The task was woken and has not come yet; the writer may not lean on that it does.
      await driver.settle();
      await driver.closed();
      await driver.compare("AW-CLOSE-1");
    },
  },
];
