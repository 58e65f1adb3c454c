import { toReader } from "@aw/core";
import { expectRule } from "../violation.ts";
import type { ReaderCaseDefinition } from "./reader-case.ts";

/** More than any reader may read ahead. */
const PLENTY = 2 * 1024 * 1024;

const PIECES = 32;

/** A timer that is due has this long, in milliseconds, before it counts as starved. */
const STARVED_AFTER = 1000;

export const BOUNDS: readonly ReaderCaseDefinition[] = [
  {
    id: "AW-READ-8",
    title: "takes no more from its source than it documents while nobody reads",
    needs: ["bound"],
    async run({ make, random }) {
      const driver = await make();
      const { taken, bound = 0 } = driver.subject;
      // Other bytes each time: an encoder makes next to nothing of what it has seen.
      for (let pieces = 0; pieces < PIECES; pieces++) {
        await driver.give(random.bytes(PLENTY / PIECES));
      }
      await driver.ready();
      await driver.settle();
      const count = taken?.() ?? 0;
      expectRule(count <= bound, "AW-READ-8", `it took ${count} bytes ahead, more than ${bound}`);
      await driver.readBytes(50_000);
    },
  },
  {
    id: "AW-READ-10",
    title: "lets a due timer run during a tight loop of reads",
    async run({ make }) {
      const driver = await make();
      const reader = toReader(driver.reader);
      const byte = Uint8Array.of(7);
      let fired = false;
      // So that a read that is never woken ends, too.
      const controller = new AbortController();
      const timer = setTimeout(() => {
        fired = true;
        controller.abort();
      }, 0);
      const start = performance.now();
      while (!fired && performance.now() - start < STARVED_AFTER) {
        // What comes at once makes the loop as tight as it can be.
        const giving = driver.subject.give(byte);
        if (giving !== undefined) await giving;
        await reader.read({ signal: controller.signal }).catch(() => {});
      }
      clearTimeout(timer);
      expectRule(fired, "AW-READ-10", "a due timer did not run during a loop of awaited reads");
    },
  },
];
