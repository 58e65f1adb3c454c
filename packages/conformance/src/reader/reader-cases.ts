import type { AsyncBufRead } from "@aw/core";
import { numberFromEnvironment } from "../environment.ts";
import { chunked } from "../instruments/chunked.ts";
import { interleavePendingReads } from "../instruments/interleave-pending-reads.ts";
import { Origin } from "../instruments/origin.ts";
import { LaterQueue } from "../make.ts";
import { Random } from "../random.ts";
import type { ReaderRuleId } from "../rules.ts";
import { ConformanceError } from "../violation.ts";
import { ABORTING } from "./aborting.ts";
import { BOUNDS } from "./bounds.ts";
import { ENDING } from "./ending.ts";
import { FILLING } from "./filling.ts";
import type { ReaderCaseDefinition } from "./reader-case.ts";
import { ReaderDriver } from "./reader-driver.ts";
import { runReaderSchedule } from "./reader-schedule.ts";
import type {
  ReaderFactory,
  ReaderFactoryOptions,
  ReaderLayer,
  ReaderSubject,
  ReaderSupports,
} from "./reader-subject.ts";

interface CommonOptions {
  /** What the reader is called in the names of the cases. */
  name: string;
  /** What the reader and its factory can do; what is off is skipped. */
  supports?: ReaderSupports;
  /** How many seeded schedules run. Default: 500, or what AW_SEEDS says. */
  seeds?: number;
  /** How long a wake is waited for before it counts as lost, in milliseconds. Default: 2,000. */
  patience?: number;
}

/** A reader with a source of its own. */
export interface ReaderFactoryConformance extends CommonOptions {
  factory: ReaderFactory;
}

/** A reader of another one: the kit puts its own source below it. */
export interface ReaderLayerConformance extends CommonOptions {
  layer: ReaderLayer;
  /** What the source has to give for the layer to show `bytes`. Default: the bytes themselves. */
  encode?: (bytes: Uint8Array) => Uint8Array;
}

/** What `readerCases` needs to know: how to make the reader, or the layer, that is put to the test. */
export type ReaderConformanceOptions = ReaderFactoryConformance | ReaderLayerConformance;

/** One case, for any test runner. */
export interface ReaderConformanceCase {
  /** The rule it is about. */
  readonly id: ReaderRuleId;
  readonly name: string;
  /** Why it does not apply, if it does not. */
  readonly skip: string | undefined;
  /** How long it may take, in milliseconds. */
  readonly timeout: number;
  /** Rejects with a `ConformanceError` if the reader breaks a rule. */
  readonly run: () => Promise<void>;
}

const DEFINITIONS: readonly ReaderCaseDefinition[] = [
  ...FILLING,
  ...ENDING,
  ...ABORTING,
  ...BOUNDS,
];

type Instrument = (inner: AsyncBufRead) => AsyncBufRead;

const INSTRUMENTS: Readonly<Record<string, Instrument>> = {
  "every second poll PENDING": interleavePendingReads,
  "31 bytes a poll": (inner) => chunked(inner, 31),
};

const DEFAULT_SEEDS = 500;
const DEFAULT_PATIENCE = 2000;

/**
 * The cases of the contract for one kind of reader, at least one for each rule it can show.
 *
 * ```ts
 * for (const { name, run } of readerCases({ name: "mine", factory })) it(name, run);
 * ```
 */
export function readerCases(options: ReaderConformanceOptions): ReaderConformanceCase[] {
  const isLayer = "layer" in options;
  const supports = {
    abort: true,
    fail: isLayer,
    bound: isLayer,
    isStopped: isLayer,
    ...options.supports,
  };
  const cases: ReaderConformanceCase[] = [];
  for (const definition of DEFINITIONS) {
    if (definition.only === "layer" && !isLayer) continue;
    cases.push(caseOf(definition, options, supports, undefined));
    if (!isLayer) continue;
    for (const name of Object.keys(INSTRUMENTS)) {
      cases.push(caseOf(definition, options, supports, name));
    }
  }
  cases.push(scheduleCase(options, supports));
  return cases;
}

function caseOf(
  definition: ReaderCaseDefinition,
  options: ReaderConformanceOptions,
  supports: Required<ReaderSupports>,
  instrument: string | undefined,
): ReaderConformanceCase {
  const lacks = definition.needs?.filter((need) => !supports[need]) ?? [];
  const below = instrument === undefined ? "" : ` (below: ${instrument})`;
  return {
    id: definition.id,
    name: `${definition.id} ${options.name} ${definition.title}${below}`,
    skip: lacks.length === 0 ? undefined : `supports no ${lacks.join(", ")}`,
    timeout: 30_000,
    async run() {
      const drivers: ReaderDriver[] = [];
      const under = instrument === undefined ? undefined : INSTRUMENTS[instrument];
      const make = async (): Promise<ReaderDriver> => {
        const driver = await makeDriver(options, new LaterQueue(true), under);
        drivers.push(driver);
        return driver;
      };
      try {
        await definition.run({ make, random: new Random(1) });
      } catch (error) {
        throw asFinding(definition.id, error);
      } finally {
        for (const driver of drivers) await cleanUp(driver);
      }
    },
  };
}

function scheduleCase(
  options: ReaderConformanceOptions,
  supports: Required<ReaderSupports>,
): ReaderConformanceCase {
  const seeds = options.seeds ?? numberFromEnvironment("AW_SEEDS") ?? DEFAULT_SEEDS;
  const only = numberFromEnvironment("AW_SEED");
  const title = only === undefined ? `${seeds} seeded schedules` : `the schedule of seed ${only}`;
  return {
    id: "AW-READ-1",
    name: `AW-READ-1 ${options.name} keeps the contract in ${title}`,
    skip: undefined,
    timeout: 60_000 + seeds * 20,
    async run() {
      for (let seed = only ?? 1; seed <= (only ?? seeds); seed++) {
        await runSeed(options, supports, seed);
      }
    },
  };
}

async function runSeed(
  options: ReaderConformanceOptions,
  supports: Required<ReaderSupports>,
  seed: number,
): Promise<void> {
  const random = new Random(seed);
  const queue = new LaterQueue(false, (count) => random.int(0, Math.max(0, count - 1)));
  const under = random.pick([undefined, ...Object.values(INSTRUMENTS)]);
  const driver = await makeDriver(options, queue, under);
  const steps: string[] = [];
  try {
    await runReaderSchedule(driver, supports, random, steps);
  } catch (error) {
    throw asFinding("AW-READ-1", error).withSeed(seed, steps.join(" "));
  } finally {
    await cleanUp(driver);
  }
}

async function makeDriver(
  options: ReaderConformanceOptions,
  queue: LaterQueue,
  under: Instrument | undefined,
): Promise<ReaderDriver> {
  const { patience = DEFAULT_PATIENCE } = options;
  const factoryOptions: ReaderFactoryOptions = { later: (step) => queue.later(step) };
  if ("factory" in options) {
    return new ReaderDriver(await options.factory(factoryOptions), undefined, queue, patience);
  }
  const origin = new Origin();
  const made = options.layer(under === undefined ? origin : under(origin), factoryOptions);
  const { encode = (bytes: Uint8Array) => bytes } = options;
  const subject: ReaderSubject = {
    ...("reader" in made ? made : { reader: made }),
    give: (bytes) => origin.give(encode(bytes)),
    end: () => origin.end(),
    fail: (error) => origin.fail(error),
    taken: () => origin.consumed,
    isStopped: () => origin.aborts.length > 0,
  };
  return new ReaderDriver(subject, origin, queue, patience);
}

async function cleanUp({ subject, reader }: ReaderDriver): Promise<void> {
  reader.abort?.(new Error("the case is over"));
  await subject.cleanup?.();
}

function asFinding(id: ReaderRuleId, error: unknown): ConformanceError {
  if (error instanceof ConformanceError) return error;
  const finding = `it threw where it should not: ${String(error)}`;
  return new ConformanceError(id, finding, { cause: error });
}
