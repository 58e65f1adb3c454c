import type { Done } from "@aw/core";
import { Random, SEED } from "@aw/testing";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { isFailure } from "../../src/descriptor/done.ts";
import { skip } from "../../src/descriptor/skip.ts";
import { RecoveringOutput } from "../../src/log/recovering-output.ts";
import { ManualOutput } from "../manual-output.ts";

const SCHEDULES = 400;
const STEPS = 60;

const FULL = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });

/** A file whose writes are answered late, in part, or not before they are waited for. */
class RandomFile extends ManualOutput {
  content = "";
  readonly #random: Random;
  #inFlight: { bytes: Uint8Array; done: Done } | undefined;
  /** Answers of writes that were waited for: they come late, and say nothing new. */
  #late: Done[] = [];

  constructor(random: Random) {
    super();
    this.#random = random;
  }

  override write(bufs: readonly Uint8Array[], done: Done): void {
    expect(this.#inFlight, "one write at a time").toBe(undefined);
    this.#inFlight = { bytes: Buffer.concat(bufs), done };
  }

  override writeNow(bufs: readonly Uint8Array[]): number {
    expect(this.#inFlight, "nothing overtakes a write").toBe(undefined);
    if (this.#random.chance(0.2)) throw FULL;
    const bytes = Buffer.concat(bufs);
    const taken = this.#random.int(1, bytes.length);
    this.content += String(bytes.subarray(0, taken));
    return taken;
  }

  override settle(): void {
    const flight = this.#inFlight;
    if (flight === undefined) return;
    this.#inFlight = undefined;
    this.#late.push(flight.done);
    this.#end(flight.bytes, this.#random.chance(0.2));
  }

  /** Answers what was waited for, and what is in flight. */
  answerAll(isWell = false): void {
    for (const done of this.#late.splice(0)) done();
    const flight = this.#inFlight;
    if (flight === undefined) return;
    this.#inFlight = undefined;
    let failure: unknown;
    try {
      this.#end(flight.bytes, !isWell && this.#random.chance(0.3));
    } catch (error) {
      failure = error;
    }
    flight.done(failure);
  }

  /** Writes all of it, or a part, and throws why. */
  #end(bytes: Uint8Array, fails: boolean): void {
    const taken = fails ? this.#random.int(0, bytes.length - 1) : bytes.length;
    this.content += String(bytes.subarray(0, taken));
    this.unwritten = skip([bytes], taken);
    if (fails) throw FULL;
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it(`keeps every line once and in order, and answers everything, in ${SCHEDULES} schedules`, () => {
  for (let seed = SEED; seed < SEED + SCHEDULES; seed++) run(seed);
});

function run(seed: number): void {
  const random = new Random(seed);
  const file = new RandomFile(random);
  const lost: number[] = [];
  const onError = (_: unknown, lines: number) => void lost.push(lines);
  const log = new RecoveringOutput(file, "log", { onError });
  let given = "";
  let line = 0;
  /** What the engine waits for: a write, or a flush. It does one thing after the other. */
  let waitsFor: string | undefined;
  const answered: Done = (error) => {
    expect(isFailure(error), `AW_SEED=${seed}`).toBe(false);
    waitsFor = undefined;
  };
  const next = (): Uint8Array[] => {
    const text = `line ${line++}\n`;
    given += text;
    return [Buffer.from(text)];
  };
  const steps = {
    write() {
      if (waitsFor !== undefined) return;
      waitsFor = "write";
      log.write(next(), answered);
    },
    flush() {
      if (waitsFor !== undefined) return;
      waitsFor = "flush";
      log.sync("data", answered);
    },
    log: () => void log.writeNow(next()),
    settle: () => log.settle(random.chance(0.5)),
    answer: () => file.answerAll(),
    pass: () => void vi.advanceTimersByTime(random.int(1, 100)),
  };
  for (let step = 0; step < STEPS; step++) random.pick(Object.values(steps))();
  // From here on all goes well.
  for (let round = 0; round < 20; round++) {
    file.answerAll(true);
    vi.advanceTimersByTime(5000);
  }
  expect(waitsFor, `AW_SEED=${seed}: never answered`).toBe(undefined);
  expect(file.content, `AW_SEED=${seed}`).toBe(given);
  expect(lost.every((lines) => lines === 0)).toBe(true);
}
