import { PENDING, toWriter } from "@aw/core";
import { KIB, type CaseDefinition } from "../case.ts";
import { CountingWaker } from "../instruments/counting-waker.ts";
import { expectRule } from "../violation.ts";
import { SIZES } from "./writing.ts";

/** What becomes of accepted bytes: AW-WRITE-7 and AW-WRITE-8. */
export const DELIVERING: readonly CaseDefinition[] = [
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
