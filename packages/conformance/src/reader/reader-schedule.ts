import { PENDING } from "@aw/core";
import { hasCode } from "../driver.ts";
import { CountingWaker } from "../instruments/counting-waker.ts";
import type { Random } from "../random.ts";
import { turn } from "../turn.ts";
import { expectRule } from "../violation.ts";
import { failureAfter } from "./ending.ts";
import type { ReaderDriver } from "./reader-driver.ts";
import type { ReaderSupports } from "./reader-subject.ts";

const LENGTHS = [0, 1, 3, 17, 100, 500, 4096, 5000, 20_000];
const MAX_STEPS = 25;

/**
 * Runs one schedule: the source gives, stalls, ends or fails, and the reader is polled, consumed, woken
 * and aborted, in an order that the seed determines; every answer is checked against the model.
 */
export async function runReaderSchedule(
  driver: ReaderDriver,
  supports: Required<ReaderSupports>,
  random: Random,
  steps: string[],
): Promise<void> {
  const count = random.int(1, MAX_STEPS);
  for (let step = 0; step < count; step++) await runStep(driver, random, steps);
  const endings = ["end", "end"];
  if (supports.fail) endings.push("fail");
  if (supports.abort) endings.push("abort");
  const ending = random.pick(endings);
  steps.push(ending);
  if (ending === "end") {
    await driver.end();
    await driver.readRest();
  } else if (ending === "abort") {
    driver.reader.abort?.(new Error("the reason"));
    const thrown = await driver.failure();
    const isAborted = hasCode(thrown?.error, "ERR_AW_ABORTED");
    expectRule(isAborted, "AW-READ-7", "a poll after abort does not throw ERR_AW_ABORTED");
  } else {
    await driver.fail(new Error("injected"));
    await failureAfter(driver);
  }
}

async function runStep(driver: ReaderDriver, random: Random, steps: string[]): Promise<void> {
  const kind = random.next();
  if (kind < 0.35) {
    const length = random.pick(LENGTHS);
    steps.push(`give=${length}`);
    await driver.give(random.bytes(length));
  } else if (kind < 0.7) {
    const view = driver.poll(new CountingWaker());
    const length = view === PENDING ? 0 : view.length;
    const amount = random.pick([0, length, random.int(0, length)]);
    steps.push(view === PENDING ? "poll=PENDING" : `poll=${length} consume=${amount}`);
    if (view !== PENDING) driver.consume(amount);
  } else if (kind < 0.78 && driver.reader.pollTake !== undefined) {
    const chunk = driver.take(new CountingWaker());
    steps.push(`take=${chunk === PENDING ? "PENDING" : chunk.length}`);
  } else if (kind < 0.85) {
    steps.push(`later=${driver.runDeferred()}`);
  } else if (kind < 0.95) {
    await (random.chance(0.5) ? Promise.resolve() : turn());
  } else {
    driver.origin?.wakeSpuriously();
  }
}
