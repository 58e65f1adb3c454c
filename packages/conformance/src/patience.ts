import type { CountingWaker } from "./instruments/counting-waker.ts";
import { turn } from "./turn.ts";

/** How many turns of the event loop are given to a wake before a timer is set up. */
export const QUICK_TURNS = 30;

/** The steps that a subject asked to run later, and the order they run in. */
export interface Deferred {
  /** Runs one step. Returns whether there was one. */
  runOne(): boolean;
}

/** Waits for a wake, for so many milliseconds, and runs meanwhile what was to run later. */
export async function isWoken(
  waker: CountingWaker,
  deferred: Deferred,
  patience: number,
): Promise<boolean> {
  for (let turns = 0; turns < QUICK_TURNS; turns++) {
    // What wakes at once costs no turn of the event loop.
    if (turns === 0) await Promise.resolve();
    else await turn();
    if (waker.wakes > 0) return true;
    while (waker.wakes === 0 && deferred.runOne()) await Promise.resolve();
    if (waker.wakes > 0) return true;
  }
  return withinPatience(waker.woken(), patience);
}

/** Whether something happens within so many milliseconds. */
export async function withinPatience(event: Promise<void>, milliseconds: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const result = await Promise.race([event.then(() => true), timeout]);
  clearTimeout(timer);
  return result;
}
