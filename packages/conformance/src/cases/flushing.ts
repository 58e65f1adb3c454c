import { PENDING } from "@aw/core";
import type { CaseDefinition } from "../case.ts";
import type { Driver } from "../driver.ts";
import { CountingWaker } from "../instruments/counting-waker.ts";
import { expectRule } from "../violation.ts";
import { SIZES } from "./writing.ts";

export const FLUSHING: readonly CaseDefinition[] = [
  {
    id: "AW-FLUSH-1",
    title: "has delivered everything when a flush is ready",
    repeats: true,
    needs: ["delivered"],
    async run({ make, random }) {
      const driver = await make();
      for (const size of SIZES) {
        await driver.writeAll(random.bytes(size));
        await driver.flushed();
        await driver.compare("AW-FLUSH-1");
      }
    },
  },
  {
    id: "AW-FLUSH-1",
    title: "flushes its inner writer after the last byte",
    only: "layer",
    repeats: true,
    async run({ make, random }) {
      const driver = await make();
      const { destination } = driver;
      for (const size of SIZES) {
        await driver.writeAll(random.bytes(size));
        await driver.flushed();
        const unflushed = (destination?.length ?? 0) - (destination?.flushedLength ?? 0);
        expectRule(unflushed === 0, "AW-FLUSH-1", `${unflushed} bytes are not flushed below`);
      }
    },
  },
  {
    id: "AW-FLUSH-1",
    title: "is not ready with a flush while the destination is stalled",
    needs: ["stall", "delivered"],
    async run({ make, random }) {
      const driver = await make();
      await writeStalled(driver, random.bytes(100));
      const waker = new CountingWaker();
      if (driver.flush(waker) !== PENDING) {
        await driver.compare("AW-FLUSH-1");
        return;
      }
      driver.subject.release?.();
      expectRule(await driver.isWoken(waker), "AW-WAKE-1", "a PENDING flush is not woken");
      await driver.flushed();
      await driver.compare("AW-FLUSH-1");
    },
  },
  {
    id: "AW-FLUSH-2",
    title: "is ready with nothing to flush, and writes nothing",
    async run({ make, random }) {
      const driver = await make();
      await driver.flushed();
      await expectIdleFlush(driver, "at the beginning");
      await driver.writeAll(random.bytes(1000));
      await driver.flushed();
      await expectIdleFlush(driver, "after another flush");
      await driver.compare("AW-FLUSH-1");
    },
  },
  {
    id: "AW-FLUSH-3",
    title: "goes on with writes, flushes and close after a PENDING flush",
    needs: ["stall"],
    async run({ make, random }) {
      for (const next of ["write", "flush", "close"] as const) {
        const driver = await make();
        await writeStalled(driver, random.bytes(100));
        driver.flush(new CountingWaker());
        try {
          if (next === "write") driver.write(new CountingWaker(), random.bytes(50));
          else if (next === "flush") driver.flush(new CountingWaker());
          else driver.close(new CountingWaker());
        } catch (error) {
          expectRule(false, "AW-FLUSH-3", `${next} after a PENDING flush threw`, error);
        }
        driver.subject.release?.();
        await driver.closed();
        await driver.compare("AW-CLOSE-1");
      }
    },
  },
  {
    id: "AW-FLUSH-3",
    title: "flushes again what was written after a PENDING flush",
    needs: ["stall", "delivered"],
    async run({ make, random }) {
      const driver = await make();
      await writeStalled(driver, random.bytes(100));
      driver.flush(new CountingWaker());
      driver.write(new CountingWaker(), random.bytes(50));
      driver.subject.release?.();
      await driver.settle();
      await driver.flushed();
      await driver.compare("AW-FLUSH-1");
    },
  },
];

/** Writes, stalls the destination, and writes what fits then: there is something to flush. */
async function writeStalled(driver: Driver, buf: Uint8Array): Promise<void> {
  await driver.writeAll(buf);
  await driver.subject.stall?.();
  driver.write(new CountingWaker(), buf);
}

async function expectIdleFlush(driver: Driver, when: string): Promise<void> {
  const { subject } = driver;
  const look = subject.raw ?? subject.delivered;
  const before = await look?.call(subject, driver.ledger.length);
  const ready = driver.flush(new CountingWaker()) !== PENDING;
  expectRule(ready, "AW-FLUSH-2", `an idle flush ${when} is PENDING`);
  await driver.settle();
  const after = await look?.call(subject, driver.ledger.length);
  const added = (after?.length ?? 0) - (before?.length ?? 0);
  expectRule(added === 0, "AW-FLUSH-2", `an idle flush ${when} wrote ${added} bytes`);
}
