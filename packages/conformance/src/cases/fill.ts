import { PENDING } from "@aw/core";
import type { CaseContext } from "../case.ts";
import { KIB } from "../case.ts";
import type { Driver } from "../driver.ts";
import { CountingWaker } from "../instruments/counting-waker.ts";
import { ConformanceError } from "../violation.ts";

/** No writer documents more than this. */
const NO_BOUND = 64 * 1024 * KIB;

/** The max count of bytes that the writer may accept while its destination accepts none. */
export function maxHeld(driver: Driver): number {
  return driver.subject.bound ?? NO_BOUND;
}

/**
 * Stalls the destination and writes until the answer is `PENDING` for good. Returns the waker of
 * that poll.
 */
export async function fill(context: CaseContext, driver: Driver): Promise<CountingWaker> {
  await driver.subject.stall?.();
  const bound = maxHeld(driver);
  const before = driver.ledger.length;
  for (;;) {
    const waker = new CountingWaker();
    // Other bytes each time: an encoder makes next to nothing of what it has seen.
    if (driver.write(waker, context.random.bytes(16 * KIB)) === PENDING) {
      // Some of it may still be on its way to where it stalls.
      await driver.settle();
      if (waker.wakes === 0) return waker;
    }
    const held = driver.ledger.length - before;
    if (held > bound) {
      const finding = `it took ${held} bytes of a stalled destination, and documents ${bound}`;
      throw new ConformanceError("AW-FAIR-2", finding);
    }
  }
}
