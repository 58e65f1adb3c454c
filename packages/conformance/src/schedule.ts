import { PENDING, type Poll } from "@aw/core";
import { call } from "./cases/failing.ts";
import { hasCode, thrownBy, type Driver } from "./driver.ts";
import { CountingWaker } from "./instruments/counting-waker.ts";
import { interleavePending } from "./instruments/interleave-pending.ts";
import { limited } from "./instruments/limited.ts";
import { cleanUp, LaterQueue, makeDriver, type Maker } from "./make.ts";
import { Random } from "./random.ts";
import type { Supports } from "./subject.ts";
import { turn } from "./turn.ts";
import { ConformanceError, expectRule } from "./violation.ts";

/** Most writes are small; some cross the sizes at which buffers are full. */
const LENGTHS = [0, 1, 3, 17, 100, 500, 4096, 5000, 20_000];
const MAX_STEPS = 20;

type Ending = "close" | "flush" | "abort" | "fail";

/**
 * Runs one schedule: polls, wakes, flushes, closes, stalls, failures and aborts in an order that
 * the seed determines, checked against the model.
 *
 * @throws ConformanceError with the seed and the steps that led to the finding
 */
export async function runSchedule(
  maker: Maker,
  supports: Required<Supports>,
  seed: number,
): Promise<void> {
  const schedule = new Schedule(maker, supports, new Random(seed));
  try {
    await schedule.run();
  } catch (error) {
    const steps = schedule.steps.join(" ");
    if (error instanceof ConformanceError) throw error.withSeed(seed, steps);
    const finding = `it threw where it should not: ${String(error)}`;
    throw new ConformanceError("AW-WRITE-8", finding, { cause: error }).withSeed(seed, steps);
  }
}

class Schedule {
  /** What has been done, for people. */
  readonly steps: string[] = [];
  readonly #maker: Maker;
  readonly #supports: Required<Supports>;
  readonly #random: Random;
  #waker = new CountingWaker();
  #stalled = false;

  constructor(maker: Maker, supports: Required<Supports>, random: Random) {
    this.#maker = maker;
    this.#supports = supports;
    this.#random = random;
  }

  async run(): Promise<void> {
    const random = this.#random;
    const queue = new LaterQueue(false, (count) => random.int(0, Math.max(0, count - 1)));
    const under = random.pick([undefined, undefined, interleavePending, tiny, unevenly]);
    const options = { isVectored: random.chance(0.5), ...(under === undefined ? {} : { under }) };
    const driver = await makeDriver(this.#maker, options, queue);
    try {
      const count = random.int(1, MAX_STEPS);
      for (let step = 0; step < count; step++) await this.#step(driver);
      await this.#end(driver);
    } finally {
      await cleanUp(driver);
    }
  }

  async #step(driver: Driver): Promise<void> {
    const random = this.#random;
    const kind = random.next();
    if (kind < 0.35) this.#poll("write", (waker) => driver.write(waker, this.#bytes()));
    else if (kind < 0.5) this.#poll("vectored", (waker) => this.#vectored(driver, waker));
    else if (kind < 0.65) this.#poll("flush", (waker) => driver.flush(waker));
    else if (kind < 0.75) this.#note("later", driver.runDeferred());
    else if (kind < 0.83) await Promise.resolve();
    else if (kind < 0.9) await turn();
    else if (kind < 0.95) driver.destination?.wakeSpuriously();
    else if (this.#supports.stall) {
      this.#stalled = !this.#stalled;
      this.#note("stalled", this.#stalled);
      if (this.#stalled) await driver.subject.stall?.();
      else driver.subject.release?.();
    }
  }

  async #end(driver: Driver): Promise<void> {
    const endings: Ending[] = ["close", "close", "flush"];
    if (this.#supports.abort) endings.push("abort");
    if (this.#supports.fail) endings.push("fail");
    const ending = this.#random.pick(endings);
    this.#note("end", ending);
    if (ending === "abort") return this.#abort(driver);
    if (ending === "fail") return this.#fail(driver);
    if (this.#stalled) driver.subject.release?.();
    if (ending === "flush") {
      await driver.flushed();
      await driver.compare("AW-FLUSH-1");
      return;
    }
    await driver.closed();
    await driver.compare("AW-CLOSE-1");
    if (!this.#supports.finished) return;
    const finished = (await driver.subject.finished?.()) === true;
    expectRule(finished, "AW-CLOSE-1", "what is at the destination does not look finished");
  }

  async #abort(driver: Driver): Promise<void> {
    const waker = new CountingWaker();
    const closes = this.#random.chance(0.3);
    const answer = closes ? driver.close(waker) : driver.flush(waker);
    const isClosed = closes && answer !== PENDING;
    if (isClosed) return;
    const reason = new Error("the reason");
    driver.writer.abort?.(reason);
    if (answer === PENDING) {
      const woken = await driver.isWoken(waker);
      expectRule(woken, "AW-ABORT-1", "abort does not wake what is pending");
    }
    const thrown = thrownBy(() => call(driver, "pollFlush"));
    const aborted = thrown !== undefined && hasCode(thrown.error, "ERR_AW_ABORTED");
    expectRule(aborted, "AW-ABORT-1", "a flush after abort does not throw ERR_AW_ABORTED");
    if (this.#stalled) driver.subject.release?.();
    await driver.settle();
    const looksFinished = this.#supports.finished && (await driver.subject.finished?.()) === true;
    // A close that has begun may have left before the abort came. Then everything has to be in front of it.
    if (looksFinished && closes && this.#supports.delivered) return driver.compare("AW-ABORT-2");
    expectRule(!looksFinished, "AW-ABORT-2", "what is at the destination looks finished");
  }

  async #fail(driver: Driver): Promise<void> {
    await driver.subject.fail?.(new Error("injected"));
    let failure: unknown;
    try {
      await driver.closed();
    } catch (error) {
      if (error instanceof ConformanceError) throw error;
      failure = error;
    }
    if (failure === undefined) return driver.compare("AW-FAIL-1");
    const thrown = thrownBy(() => call(driver, "pollFlush"));
    const latched = thrown !== undefined && thrown.error === failure;
    expectRule(latched, "AW-FAIL-1", "a second poll does not throw the same failure");
  }

  /** Polls with the waker of the last poll, or with a new one. */
  #poll<T extends number | void>(name: string, poll: (waker: CountingWaker) => Poll<T>): Poll<T> {
    if (this.#random.chance(0.5)) this.#waker = new CountingWaker();
    const answer = poll(this.#waker);
    this.#note(name, answer === PENDING ? "PENDING" : answer);
    return answer;
  }

  #vectored(driver: Driver, waker: CountingWaker): Poll<number> {
    const bufs = Array.from({ length: this.#random.int(0, 5) }, () => this.#bytes());
    return driver.writeVectored(waker, bufs);
  }

  #bytes(): Uint8Array {
    return this.#random.bytes(this.#random.pick(LENGTHS));
  }

  #note(what: string, result: string | number | boolean | void): void {
    this.steps.push(result === undefined ? what : `${what}=${String(result)}`);
  }
}

const tiny: typeof interleavePending = (inner) => limited(inner, { bytes: 700, buffers: 2 });
const unevenly: typeof interleavePending = (inner) => interleavePending(tiny(inner));
