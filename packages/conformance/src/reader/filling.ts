import { hasCode } from "../driver.ts";
import { expectRule } from "../violation.ts";
import type { ReaderCaseDefinition } from "./reader-case.ts";
import { thrownBy } from "./reader-driver.ts";

const SIZES = [1, 2, 100, 4096, 5000, 70_000];

export const FILLING: readonly ReaderCaseDefinition[] = [
  {
    id: "AW-READ-1",
    title: "shows every byte once, in order, whatever the sizes",
    async run({ make, random }) {
      const driver = await make();
      for (const size of SIZES) {
        await driver.give(random.bytes(size));
        await driver.readBytes(size, random.pick([1000, 30_000, size]));
      }
      for (const size of SIZES) await driver.give(random.bytes(size));
      await driver.end();
      await driver.readRest();
    },
  },
  {
    id: "AW-READ-1",
    title: "shows again what was not consumed",
    async run({ make, random }) {
      const driver = await make();
      await driver.give(random.bytes(100));
      await driver.ready();
      for (let round = 0; round < 5; round++) {
        // It has been shown before: if it does not come now, it was used up.
        const view = await driver.ready("AW-READ-1");
        expectRule(view.length > 0, "AW-READ-4", "an empty view before the end");
        driver.consume(round === 0 ? 0 : Math.min(3, view.length));
      }
      await driver.readBytes(driver.unread);
    },
  },
  {
    id: "AW-READ-2",
    title: "refuses to consume more than it showed, and consumes nothing then",
    async run({ make, random }) {
      const driver = await make();
      await driver.give(random.bytes(50));
      const view = await driver.ready();
      for (const amount of [view.length + 1, -1, 0.5, Number.NaN]) {
        const thrown = thrownBy(() => driver.reader.consume(amount));
        const refused = hasCode(thrown?.error, "ERR_AW_INVALID_ARGUMENT");
        expectRule(
          refused,
          "AW-READ-2",
          `consume(${amount}) of ${view.length} bytes is not refused`,
        );
      }
      await driver.readBytes(50, 7);
    },
  },
  {
    id: "AW-READ-3",
    title: "leaves a view as it is while more comes",
    async run({ make, random }) {
      const driver = await make();
      await driver.give(random.bytes(100));
      await driver.ready();
      for (const size of [10, 5000, 100_000]) await driver.give(random.bytes(size));
      await driver.settle();
      driver.checkView();
      await driver.readBytes(driver.unread);
    },
  },
  {
    id: "AW-READ-9",
    title: "gives chunks away: consumed, and the caller's own memory",
    async run({ make, random }) {
      const driver = await make();
      if (driver.reader.pollTake === undefined) return;
      const kept: { chunk: Uint8Array; copy: Uint8Array }[] = [];
      for (let round = 0; round < 20; round++) {
        await driver.give(random.bytes(random.pick([1, 100, 5000])));
        await driver.ready();
        const chunk = await driver.taken();
        kept.push({ chunk, copy: chunk.slice() });
      }
      await driver.give(random.bytes(5000));
      await driver.readBytes(driver.unread);
      for (const { chunk, copy } of kept) {
        const same = copy.every((byte, index) => byte === chunk[index]);
        expectRule(same, "AW-READ-9", "a chunk that was given away changed");
      }
    },
  },
];
