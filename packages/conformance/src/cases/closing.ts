import { PENDING } from "@aw/core";
import type { CaseDefinition } from "../case.ts";
import { hasCode, thrownBy, type Driver } from "../driver.ts";
import { CountingWaker } from "../instruments/counting-waker.ts";
import { expectRule } from "../violation.ts";

export const CLOSING: readonly CaseDefinition[] = [
  {
    id: "AW-CLOSE-1",
    title: "delivers everything and looks finished once it is closed",
    repeats: true,
    async run({ make, random, supports }) {
      for (const size of [1, 5000, 150_000]) {
        const driver = await make();
        await driver.writeAll(random.bytes(size));
        await driver.closed();
        await driver.compare("AW-CLOSE-1");
        if (supports.finished) await expectFinished(driver, "AW-CLOSE-1");
        if (supports.held) {
          const held = driver.subject.held?.();
          expectRule(held === 0, "AW-CLOSE-1", `it still holds ${held} resources`);
        }
      }
    },
  },
  {
    id: "AW-CLOSE-1",
    title: "closes the inner writer exactly once",
    only: "layer",
    needs: ["finished"],
    repeats: true,
    async run({ make, random }) {
      const driver = await make();
      await driver.writeAll(random.bytes(100));
      await driver.closed();
      await driver.settle();
      const { destination } = driver;
      expectRule(destination?.isClosed === true, "AW-CLOSE-1", "the inner writer is not closed");
      const again = destination.closesAfterClose;
      expectRule(again === 0, "AW-CLOSE-1", `the inner writer was closed ${again} more times`);
    },
  },
  {
    id: "AW-CLOSE-2",
    title: "refuses writes from the first poll of close on",
    async run({ make, random, supports }) {
      const driver = await make();
      await driver.writeAll(random.bytes(100));
      if (supports.stall) await driver.subject.stall?.();
      const first = driver.close(new CountingWaker());
      const closed = first === PENDING ? "closing" : "closed";
      expectRefused(driver, closed);
      if (first === PENDING) {
        const thrown = thrownBy(() => driver.flush(new CountingWaker()));
        const cause = thrown?.error;
        expectRule(thrown === undefined, "AW-CLOSE-2", "a flush while closing threw", cause);
      }
      driver.subject.release?.();
      await driver.closed();
      expectRefused(driver, "closed");
      const thrown = thrownBy(() => {
        const ready = driver.flush(new CountingWaker()) !== PENDING;
        expectRule(ready, "AW-CLOSE-2", "a flush after close is PENDING");
      });
      const cause = thrown?.error;
      expectRule(thrown === undefined, "AW-CLOSE-2", "a flush after close threw", cause);
      await driver.settle();
      await driver.compare("AW-CLOSE-1");
    },
  },
  {
    id: "AW-CLOSE-3",
    title: "is ready again when it is closed again, with no effect",
    async run({ make, random, supports }) {
      const driver = await make();
      await driver.writeAll(random.bytes(100));
      await driver.closed();
      const { subject } = driver;
      const look = subject.raw ?? subject.delivered;
      const before = await look?.call(subject, driver.ledger.length);
      for (let again = 0; again < 3; again++) {
        const thrown = thrownBy(() => {
          const ready = driver.close(new CountingWaker()) !== PENDING;
          expectRule(ready, "AW-CLOSE-3", "a close after close is PENDING");
        });
        const cause = thrown?.error;
        expectRule(thrown === undefined, "AW-CLOSE-3", "a close after close threw", cause);
      }
      await driver.settle();
      const after = await look?.call(subject, driver.ledger.length);
      const added = (after?.length ?? 0) - (before?.length ?? 0);
      expectRule(added === 0, "AW-CLOSE-3", `a close after close wrote ${added} bytes`);
      const closes = driver.destination?.closesAfterClose ?? 0;
      expectRule(closes === 0, "AW-CLOSE-3", "a close after close closed the inner writer again");
      if (supports.finished) await expectFinished(driver, "AW-CLOSE-3");
    },
  },
  {
    id: "AW-CLOSE-4",
    title: "leaves a valid empty stream when nothing was written",
    repeats: true,
    async run({ make, supports }) {
      const driver = await make();
      await driver.closed();
      await driver.compare("AW-CLOSE-4");
      if (supports.finished) await expectFinished(driver, "AW-CLOSE-4");
    },
  },
];

async function expectFinished(driver: Driver, rule: "AW-CLOSE-1" | "AW-CLOSE-3" | "AW-CLOSE-4") {
  const finished = (await driver.subject.finished?.()) === true;
  expectRule(finished, rule, "what is at the destination does not look finished");
}

function expectRefused(driver: Driver, when: string): void {
  const buf = new Uint8Array([1, 2, 3]);
  const writes = {
    pollWrite: () => driver.write(new CountingWaker(), buf),
    pollVectoredWrite: () => driver.writeVectored(new CountingWaker(), [buf]),
  };
  for (const [name, write] of Object.entries(writes)) {
    const thrown = thrownBy(write);
    const refused = thrown !== undefined && hasCode(thrown.error, "ERR_AW_CLOSED");
    const finding = `${name} on a ${when} writer does not throw ERR_AW_CLOSED`;
    expectRule(refused, "AW-CLOSE-2", finding, thrown?.error);
  }
}
