import { toWriter } from "@aw/core";
import type { CaseDefinition } from "../case.ts";
import { hasCode } from "../driver.ts";
import { expectRule } from "../violation.ts";
import { fill } from "./fill.ts";

/** A timer that is due has this long, in milliseconds, before it counts as starved. */
const STARVED_AFTER = 1000;

export const FAIRNESS: readonly CaseDefinition[] = [
  {
    id: "AW-FAIR-1",
    title: "lets a due timer run during a tight loop of writes",
    async run({ make }) {
      const room = 16 * 1024 * 1024;
      const driver = await make({ room });
      const writer = toWriter(driver.writer);
      const buf = new Uint8Array(8);
      let fired = false;
      const timer = setTimeout(() => {
        fired = true;
      }, 0);
      const start = performance.now();
      let left = room;
      while (!fired && left >= buf.length) {
        left -= buf.length;
        await writer.writeAll(buf).catch((error: unknown) => {
          const isCount = !hasCode(error, "ERR_AW_PROTOCOL");
          expectRule(isCount, "AW-WRITE-1", "a write answered an impossible count", error);
          throw error;
        });
        if (performance.now() - start > STARVED_AFTER) break;
      }
      clearTimeout(timer);
      expectRule(fired, "AW-FAIR-1", "a due timer did not run during a loop of awaited writes");
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
