import type { CaseDefinition } from "../case.ts";
import { hasCode, thrownBy } from "../driver.ts";
import { CountingWaker } from "../instruments/counting-waker.ts";
import { failAfter } from "../instruments/fail-after.ts";
import { poisoner, BufferChangedError } from "../instruments/poisoner.ts";
import { ConformanceError, expectRule } from "../violation.ts";
import { Driver } from "../driver.ts";
import { fill } from "./fill.ts";

/** Around the sizes at which buffers and slabs are full. */
export const SIZES: readonly number[] = [1, 2, 100, 4095, 4096, 4097, 16_384, 70_000];

const EMPTY = new Uint8Array(0);

export const WRITING: readonly CaseDefinition[] = [
  {
    id: "AW-WRITE-1",
    title: "accepts exactly as many bytes as it says",
    repeats: true,
    async run({ make, random }) {
      for (const size of SIZES) {
        const driver = await make();
        const buf = random.bytes(size);
        const n = await driver.ready("AW-WRITE-2", (waker) => driver.write(waker, buf));
        expectRule(n > 0, "AW-WRITE-4", "a writer that has taken nothing yet answered 0");
        // Other bytes than the rest of the first write: the writer may not take that by itself.
        await driver.writeAll(random.bytes(8));
        await driver.closed();
        await driver.compare("AW-CLOSE-1");
      }
    },
  },
  {
    id: "AW-WRITE-2",
    title: "accepts nothing when PENDING, and wakes when there is room",
    needs: ["stall"],
    async run(context) {
      const driver = await context.make();
      const waker = await fill(context, driver);
      driver.subject.release?.();
      const woken = await driver.isWoken(waker);
      expectRule(woken, "AW-WRITE-2", "the write stayed PENDING after the destination went on");
      await driver.writeAll(context.random.bytes(1000));
      await driver.closed();
      await driver.compare("AW-CLOSE-1");
    },
  },
  {
    id: "AW-WRITE-3",
    title: "neither keeps nor changes the caller's buffer",
    repeats: true,
    needs: ["delivered"],
    async run({ make, random }) {
      const driver = await make();
      const poisoned = new Driver(
        { ...bindSubject(driver), writer: poisoner(driver.writer) },
        driver.destination,
        { runOne: () => driver.runDeferred() },
        driver.patience,
      );
      try {
        // Shorter ones could not be told from other bytes.
        for (const size of SIZES.filter((each) => each >= 100)) {
          await poisoned.writeAll(random.bytes(size));
          const parts = [random.bytes(size), EMPTY, random.bytes(9), random.bytes(size)];
          await poisoned.ready("AW-WRITE-2", (waker) => poisoned.writeVectored(waker, parts));
        }
      } catch (error) {
        if (!(error instanceof BufferChangedError)) throw error;
        throw new ConformanceError("AW-WRITE-3", error.message);
      }
      await poisoned.closed();
      await poisoned.compare("AW-CLOSE-1");
    },
  },
  {
    id: "AW-WRITE-4",
    title: "that is full answers 0 ever after, or fails with ERR_AW_WRITE_ZERO",
    needs: ["full"],
    async run({ make, random }) {
      const driver = await make({ room: 10, full: true });
      for (let round = 0; round < 100; round++) {
        try {
          const n = await driver.ready("AW-WRITE-4", (waker) =>
            driver.write(waker, random.bytes(8)),
          );
          if (n === 0) break;
          await driver.flushed();
        } catch (error) {
          if (error instanceof ConformanceError) throw error;
          const isFull = hasCode(error, "ERR_AW_WRITE_ZERO");
          expectRule(isFull, "AW-WRITE-4", `a full destination made it throw ${String(error)}`);
          return;
        }
        expectRule(round < 99, "AW-WRITE-4", "a destination with room for 10 bytes is never full");
      }
      for (let again = 0; again < 3; again++) {
        const n = driver.write(new CountingWaker(), random.bytes(8));
        expectRule(n === 0, "AW-WRITE-4", `after a 0 it answered ${String(n)}`);
        await driver.flushed();
      }
      await driver.compare("AW-FLUSH-1");
    },
  },
  {
    id: "AW-WRITE-5",
    title: "answers 0 to an empty buffer, open or not",
    repeats: true,
    async run({ make, random, supports }) {
      const driver = await make();
      const empty = () => driver.write(new CountingWaker(), EMPTY);
      expectRule(empty() === 0, "AW-WRITE-5", "an empty write at the beginning is not 0");
      await driver.writeAll(random.bytes(5));
      expectRule(empty() === 0, "AW-WRITE-5", "an empty write after another one is not 0");
      if (supports.stall) {
        await driver.subject.stall?.();
        expectRule(empty() === 0, "AW-WRITE-5", "an empty write while stalled is not 0");
        driver.subject.release?.();
      }
      await driver.closed();
      await driver.compare("AW-CLOSE-1");
      const thrown = thrownBy(empty);
      const refused = thrown !== undefined && hasCode(thrown.error, "ERR_AW_CLOSED");
      expectRule(refused, "AW-WRITE-5", "an empty write after close does not throw ERR_AW_CLOSED");
    },
  },
  {
    id: "AW-WRITE-5",
    title: "throws its failure at an empty buffer too",
    needs: ["abort"],
    async run({ make }) {
      const driver = await make();
      driver.writer.abort?.("reason");
      const thrown = thrownBy(() => driver.write(new CountingWaker(), EMPTY));
      expectRule(thrown !== undefined, "AW-WRITE-5", "an empty write after abort does not throw");
    },
  },
  {
    id: "AW-WRITE-6",
    title: "accepts nothing of a write that throws",
    needs: ["fail", "delivered"],
    async run({ make, random }) {
      const driver = await make();
      await driver.writeAll(random.bytes(500));
      await driver.flushed();
      await driver.subject.fail?.(new Error("injected"));
      await driver.settle();
      for (let call = 0; call < 4; call++) {
        thrownBy(() => driver.write(new CountingWaker(), random.bytes(64)));
      }
      await driver.settle();
      await driver.compare(undefined);
    },
  },
  {
    id: "AW-WRITE-6",
    title: "accepts nothing of a write during which the inner writer fails",
    only: "layer",
    needs: ["fail", "delivered"],
    async run({ make, random }) {
      for (const room of [1, 15, 100, 5000, 70_000]) {
        const error = new Error("injected");
        const driver = await make({ under: (inner) => failAfter(inner, room, error) });
        for (let call = 0; call < 2000; call++) {
          const thrown = thrownBy(() => driver.write(new CountingWaker(), random.bytes(64)));
          if (thrown !== undefined) break;
          await Promise.resolve();
        }
        await driver.settle();
        const { destination, ledger } = driver;
        const delivered = destination?.length ?? 0;
        const lied = delivered > 0 && ledger.length === 0;
        expectRule(!lied, "AW-WRITE-6", `${delivered} bytes of writes that threw were passed on`);
      }
    },
  },
];

/** The methods of a subject, for a subject made of it. */
function bindSubject({ subject }: Driver) {
  const { delivered } = subject;
  return delivered === undefined
    ? {}
    : { delivered: (accepted: number) => delivered.call(subject, accepted) };
}
