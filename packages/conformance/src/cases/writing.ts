import { PENDING, toWriter } from "@aw/core";
import { KIB, type CaseDefinition } from "../case.ts";
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
    id: "AW-WRITE-8",
    title: "accepts text of any size as its UTF-8, in order with bytes",
    needs: ["delivered"],
    async run({ make, random }) {
      const driver = await make();
      const writer = toWriter(driver.writer);
      const texts = ["\u00e9", "x".repeat(3000), "\ud800", "\u65e5\u672c".repeat(50_000), "small"];
      for (const data of texts.flatMap((text) => [text, random.bytes(7)])) {
        const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
        try {
          await writer.writeAll(data);
        } catch {
          // That it takes bytes at all is for other cases.
          return;
        }
        driver.ledger.accept(bytes, bytes.length, false);
      }
      await driver.closed();
      await driver.compare("AW-CLOSE-1");
    },
  },
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
  {
    id: "AW-WRITE-7",
    title: "takes any amount without a flush",
    async run({ make, random, plenty }) {
      const driver = await make({ room: plenty + 64 * KIB });
      const buf = random.bytes(16 * KIB);
      while (driver.ledger.length < plenty) {
        const n = await driver.ready("AW-WRITE-7", (waker) => driver.write(waker, buf));
        expectRule(n > 0, "AW-WRITE-4", "a writer whose destination has room answered 0");
      }
      await driver.closed();
      await driver.compare("AW-CLOSE-1");
    },
  },
  {
    id: "AW-WRITE-7",
    title: "sends by itself whatever it has accepted, a small write after a large one too",
    needs: ["unprompted", "delivered"],
    async run({ make, random }) {
      for (const before of ["x".repeat(300_000), "\u00e9".repeat(3000), ...SIZES.map(bytesOf)]) {
        const driver = await make();
        const writer = toWriter(driver.writer);
        for (const data of [before, random.bytes(5), "text"]) {
          await writer.writeAll(data);
          const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
          driver.ledger.accept(bytes, bytes.length, false);
        }
        const what = `${before.length} ${typeof before === "string" ? "characters" : "bytes"}`;
        const left = await driver.arrives();
        expectRule(left, "AW-WRITE-7", `of what follows ${what}, some stays until a flush`);
      }
    },
  },
  {
    id: "AW-WRITE-8",
    title: "delivers every byte once and in order",
    repeats: true,
    needs: ["delivered"],
    async run({ make, random }) {
      const driver = await make();
      for (const size of [...SIZES, ...SIZES.toReversed(), ...SIZES]) {
        await driver.writeAll(random.bytes(size));
        if (random.chance(0.2)) await driver.flushed();
        if (random.chance(0.2)) await driver.settle();
      }
      await driver.closed();
      await driver.compare("AW-CLOSE-1");
    },
  },
  {
    id: "AW-WRITE-8",
    title: "delivers in order what is written while a flush is under way",
    repeats: true,
    needs: ["delivered"],
    async run({ make, random }) {
      const driver = await make();
      for (const [first, second, third] of [
        [10, 20, 70_000],
        [70_000, 10, 20_000],
        [4096, 1, 300_000],
      ] as const) {
        await driver.writeAll(random.bytes(first));
        const flush = driver.flush(new CountingWaker());
        await driver.writeAll(random.bytes(second));
        await driver.writeAll(random.bytes(third));
        if (flush === PENDING) await driver.flushed();
      }
      await driver.closed();
      await driver.compare("AW-CLOSE-1");
    },
  },
];

function bytesOf(size: number): Uint8Array {
  return new Uint8Array(size).fill(size);
}

/** The methods of a subject, for a subject made of it. */
function bindSubject({ subject }: Driver) {
  const { delivered } = subject;
  return delivered === undefined
    ? {}
    : { delivered: (accepted: number) => delivered.call(subject, accepted) };
}
