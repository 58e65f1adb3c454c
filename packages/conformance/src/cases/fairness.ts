import { toWriter } from "@aw/core";
import type { CaseDefinition } from "../case.ts";
import { computingTime } from "../computing-time.ts";
import { hasCode } from "../driver.ts";
import { expectRule } from "../violation.ts";
import { fill } from "./fill.ts";

/** A timer that is due has this long, in milliseconds, before it counts as starved. */
const STARVED_AFTER = 1000;

/** The delay of a due timer that is no doubt, in milliseconds: the rule's 10, and what a turn costs. */
const FAIR_DELAY = 30;

/**
 * Garbage collection and what else a runtime does may make any one delay long, so the best of so many counts. Of each
 * counts what was computed, if that is less than what passed: the machine may be busy.
 */
const ROUNDS = 20;

const BUF = new Uint8Array(8);

export const FAIRNESS: readonly CaseDefinition[] = [
  {
    id: "AW-FAIR-1",
    title: "lets a due timer run during a tight loop of writes",
    async run({ make }) {
      const room = 16 * 1024 * 1024;
      const driver = await make({ room });
      const writer = toWriter(driver.writer);
      let best = Infinity;
      let left = room / BUF.length;
      for (let round = 0; round < ROUNDS && best > FAIR_DELAY && left > 0; round++) {
        let delay: number | undefined;
        const start = performance.now();
        const computed = computingTime();
        const timer = setTimeout(() => {
          delay = Math.min(performance.now() - start, computingTime() - computed);
        }, 0);
        while (delay === undefined && left > 0 && performance.now() - start < STARVED_AFTER) {
          left--;
          await writer.writeAll(BUF).catch((error: unknown) => {
            const isCount = !hasCode(error, "ERR_AW_PROTOCOL");
            expectRule(isCount, "AW-WRITE-1", "a write answered an impossible count", error);
            throw error;
          });
        }
        clearTimeout(timer);
        expectRule(
          delay !== undefined,
          "AW-FAIR-1",
          "a due timer did not run during a loop of awaited writes",
        );
        best = Math.min(best, delay);
      }
      const finding = `a due timer waits ${best.toFixed(1)} ms at best during a loop of writes`;
      expectRule(best <= FAIR_DELAY, "AW-FAIR-1", finding);
    },
  },
  {
    id: "AW-FAIR-2",
    title: "takes no more of a stalled destination than it documents",
    needs: ["stall"],
    async run(context) {
      const driver = await context.make();
      await fill(context, driver);
      driver.subject.release?.();
      await driver.closed();
      await driver.compare("AW-CLOSE-1");
    },
  },
];
