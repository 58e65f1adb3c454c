import { PENDING } from "@aw/core";
import type { CaseDefinition } from "../case.ts";
import { hasCode, thrownBy, type Driver } from "../driver.ts";
import { CountingWaker } from "../instruments/counting-waker.ts";
import { expectRule } from "../violation.ts";
import { call } from "./failing.ts";
import { fill } from "./fill.ts";

export const ABORTING: readonly CaseDefinition[] = [
  {
    id: "AW-ABORT-1",
    title: "throws ERR_AW_ABORTED with the reason from abort on, however often it is aborted",
    needs: ["abort"],
    async run({ make, random, supports }) {
      const driver = await make();
      await driver.writeAll(random.bytes(5000));
      const reason = new Error("the reason");
      driver.writer.abort?.(reason);
      expectAborted(driver, reason);
      driver.writer.abort?.(new Error("another reason"));
      await driver.settle();
      expectAborted(driver, reason);
      if (!supports.held) return;
      const held = driver.subject.held?.();
      expectRule(held === 0, "AW-ABORT-1", `it holds ${held} resources after abort`);
    },
  },
  {
    id: "AW-ABORT-1",
    title: "wakes what is pending",
    needs: ["abort", "stall"],
    async run(context) {
      for (const method of ["pollWrite", "pollFlush", "pollClose"] as const) {
        const driver = await context.make();
        await fill(context, driver);
        const waker = new CountingWaker();
        if (call(driver, method, waker) !== PENDING) continue;
        const reason = new Error("the reason");
        driver.writer.abort?.(reason);
        const woken = await driver.isWoken(waker);
        expectRule(woken, "AW-ABORT-1", `abort does not wake a pending ${method}`);
        expectAborted(driver, reason);
      }
    },
  },
  {
    id: "AW-ABORT-1",
    title: "aborts the inner writer",
    only: "layer",
    needs: ["abort", "abortsInner"],
    async run({ make, random }) {
      const driver = await make();
      await driver.writeAll(random.bytes(100));
      const reason = new Error("the reason");
      driver.writer.abort?.(reason);
      const { destination } = driver;
      expectRule(destination !== undefined, "AW-ABORT-1", "no destination");
      const passedOn = destination.aborts.length > 0 && destination.aborts[0] === reason;
      expectRule(passedOn, "AW-ABORT-1", "abort does not reach the inner writer with its reason");
    },
  },
  {
    id: "AW-ABORT-1",
    title: "aborts the inner writer after a failure too",
    only: "layer",
    needs: ["abort", "abortsInner", "fail"],
    async run({ make, random }) {
      const driver = await make();
      await driver.writeAll(random.bytes(100));
      await driver.subject.fail?.(new Error("injected"));
      thrownBy(() => driver.flush(new CountingWaker()));
      await driver.settle();
      driver.writer.abort?.("reason");
      const aborts = driver.destination?.aborts.length ?? 0;
      expectRule(aborts > 0, "AW-ABORT-1", "abort after a failure does not reach the inner writer");
    },
  },
  {
    id: "AW-ABORT-1",
    title: "changes nothing after close",
    needs: ["abort"],
    async run({ make, random, supports }) {
      const driver = await make();
      await driver.writeAll(random.bytes(100));
      await driver.closed();
      driver.writer.abort?.("reason");
      await driver.compare("AW-CLOSE-1");
      const finished = !supports.finished || (await driver.subject.finished?.()) === true;
      expectRule(finished, "AW-ABORT-1", "abort after close undid what was finished");
    },
  },
  {
    id: "AW-ABORT-2",
    title: "leaves nothing that looks finished when it is aborted while open",
    needs: ["abort", "finished"],
    async run({ make, random }) {
      for (const size of [0, 100, 70_000]) {
        for (const flush of [false, true]) {
          const driver = await make();
          if (size > 0) await driver.writeAll(random.bytes(size));
          if (flush) await driver.flushed();
          driver.writer.abort?.("reason");
          await expectUnfinished(driver);
        }
      }
    },
  },
  {
    id: "AW-ABORT-2",
    title: "leaves nothing that looks finished when it is aborted while it closes",
    needs: ["abort", "finished", "stall"],
    async run(context) {
      const driver = await context.make();
      await fill(context, driver);
      if (driver.close(new CountingWaker()) !== PENDING) return;
      driver.writer.abort?.("reason");
      driver.subject.release?.();
      await expectUnfinished(driver);
    },
  },
];

function expectAborted(driver: Driver, reason: unknown): void {
  for (const method of ["pollWrite", "pollVectoredWrite", "pollFlush", "pollClose"] as const) {
    const thrown = thrownBy(() => call(driver, method));
    const aborted = thrown !== undefined && hasCode(thrown.error, "ERR_AW_ABORTED");
    const finding = `${method} after abort does not throw ERR_AW_ABORTED`;
    expectRule(aborted, "AW-ABORT-1", finding, thrown?.error);
    const { cause } = thrown.error as Error;
    expectRule(cause === reason, "AW-ABORT-1", `${method} throws without the reason as cause`);
  }
}

async function expectUnfinished(driver: Driver): Promise<void> {
  await driver.settle();
  const finished = await driver.subject.finished?.();
  expectRule(finished === false, "AW-ABORT-2", "what is at the destination looks finished");
}
