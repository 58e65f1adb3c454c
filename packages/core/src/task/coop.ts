import { inMicrotask, nextTurn, turnsEndWithRequest } from "./platform.ts";
import type { Waker } from "../trait/waker.ts";

/**
 * The cooperative budget (AW-FAIR-1).
 *
 * An `await` on something ready runs on as a microtask, and microtasks keep timers and I/O
 * waiting for as long as they last. So every ready operation spends from one budget of the whole
 * thread. When it is used up, the clock is read; once the operations of one turn of the event
 * loop have taken `SLICE_MS`, their answers come only in the next turn. `UNWATCHED_MS` before that may have
 * been of this turn or of earlier ones.
 *
 * The clock is read once per some hundred operations, so a ready operation pays a subtraction.
 */
const BUDGET = 256;
const SLICE_MS = 5;

/**
 * How long operations are ready before the end of the turn is looked out for, in milliseconds. Who looks out
 * keeps the event loop from waiting for I/O, which costs a server as much as a small message does; and a
 * server's turns are mostly over long before that.
 */
const UNWATCHED_MS = 2;

/**
 * As many refills end a turn whatever the clock says: that of Cloudflare's workers stands still while a program
 * computes. Of the cheapest operations they take a millisecond.
 */
const MAX_REFILLS = 256;

/** What an operation costs that may take long, whatever its size: a flush, a close. */
export const COSTLY: number = BUDGET;

let budget = BUDGET;
let sliceStart = 0;
let refills = 0;
/** The end of the turn, once it is looked out for. */
let turn: Promise<void> | undefined;
let own: Promise<void> | undefined;

/**
 * Spends from the budget. Returns undefined to go on at once, or the promise of the next turn,
 * for the caller to wait for before it goes on. It never rejects.
 */
export function spend(cost: number): Promise<void> | undefined {
  budget -= cost;
  return budget > 0 ? undefined : refill();
}

/**
 * Spends from the budget within a poll. Returns whether the poll should answer `PENDING`; its waker
 * is woken in the next turn then.
 */
export function mustYield(cost: number, waker: Waker): boolean {
  const next = spend(cost);
  if (next !== undefined) void next.then(() => waker.wake());
  return next !== undefined;
}

/** The price of an operation that moved that many bytes: copying is what takes its time. */
export function costOf(bytes: number): number {
  return 1 + (bytes >>> 8);
}

function refill(): Promise<void> | undefined {
  const now = performance.now();
  if (isSliceOver(now)) {
    if (turn !== undefined) return turnsEndWithRequest ? ownTurn() : turn;
    turn = startTurn();
    beginSlice(now);
  }
  budget = BUDGET;
  return undefined;
}

/** Also if the clock was set back, as fake timers do. */
function isSliceOver(now: number): boolean {
  const elapsed = now - sliceStart;
  const limit = turn === undefined ? UNWATCHED_MS : SLICE_MS;
  return elapsed >= limit || elapsed < 0 || ++refills >= MAX_REFILLS;
}

function beginSlice(now: number): void {
  sliceStart = now;
  refills = 0;
}

/** The next turn, with which a new slice of time begins. */
function startTurn(): Promise<void> {
  return new Promise((resolve) => {
    nextTurn(() => {
      turn = undefined;
      budget = BUDGET;
      beginSlice(performance.now());
      resolve();
    });
  });
}

/**
 * A turn of the request that asks: the one with which the slice began may be that of a request that is over. Microtasks
 * of two requests are never mixed, so whoever asks before the next one may share it; timers are few.
 */
function ownTurn(): Promise<void> {
  if (own === undefined) {
    own = startTurn();
    inMicrotask(() => {
      own = undefined;
    });
  }
  return own;
}
