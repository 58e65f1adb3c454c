import type { CaseContext, CaseDefinition, Kind } from "./case.ts";
import { ABORTING } from "./cases/aborting.ts";
import { CLOSING } from "./cases/closing.ts";
import { DELIVERING } from "./cases/delivering.ts";
import { FAILING } from "./cases/failing.ts";
import { FAIRNESS } from "./cases/fairness.ts";
import { FAILURE_LISTENERS } from "./cases/failure-listeners.ts";
import { FLUSHING } from "./cases/flushing.ts";
import { VECTORED } from "./cases/vectored.ts";
import { WAKING } from "./cases/waking.ts";
import { WRITING } from "./cases/writing.ts";
import type { Driver } from "./driver.ts";
import { numberFromEnvironment } from "./environment.ts";
import { interleavePending } from "./instruments/interleave-pending.ts";
import { limited } from "./instruments/limited.ts";
import { cleanUp, LaterQueue, makeDriver, type Maker } from "./make.ts";
import { Random } from "./random.ts";
import type { RuleId } from "./rules.ts";
import { runSchedule } from "./schedule.ts";
import { ConformanceError } from "./violation.ts";
import type { Factory, LayerFactory, Supports } from "./subject.ts";

interface CommonOptions {
  /** What the writer is called in the names of the cases. */
  name: string;
  /** What the writer and its factory can do; what is off is skipped. */
  supports?: Supports;
  /** How many seeded schedules run. Default: 2,000, or what AW_SEEDS says. */
  seeds?: number;
  /** How long a wake is waited for before it counts as lost, in milliseconds. Default: 2,000. */
  patience?: number;
}

/** A writer with a destination of its own. */
export interface WriterOptions extends CommonOptions {
  factory: Factory;
}

/** A writer in front of another one: the kit puts its own destination below it. */
export interface LayerOptions extends CommonOptions {
  layer: LayerFactory;
  /** Decodes what arrived so far. Default: nothing is encoded. */
  decode?: (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>;
  /** Whether the bytes are a complete stream. Default: whether the inner writer was closed. */
  isComplete?: (bytes: Uint8Array) => boolean | Promise<boolean>;
}

/** What is put under the kit: a writer with a destination of its own, or a layer. */
export type ConformanceOptions = WriterOptions | LayerOptions;

/** One case, for any test runner. */
export interface ConformanceCase {
  /** The rule it is about. */
  readonly id: RuleId;
  readonly name: string;
  /** Why it does not apply, if it does not. */
  readonly skip: string | undefined;
  /** How long it may take, in milliseconds. */
  readonly timeout: number;
  /** Rejects with a `ConformanceError` if the writer breaks a rule. */
  readonly run: () => Promise<void>;
}

const DEFINITIONS: readonly CaseDefinition[] = [
  ...WRITING,
  ...DELIVERING,
  ...VECTORED,
  ...FLUSHING,
  ...CLOSING,
  ...FAILING,
  ...FAILURE_LISTENERS,
  ...ABORTING,
  ...WAKING,
  ...FAIRNESS,
];

const INSTRUMENTS = {
  "every second poll PENDING": interleavePending,
  "31 bytes, 2 buffers a call": (inner) => limited(inner, { bytes: 31, buffers: 2 }),
} satisfies Record<string, typeof interleavePending>;

const DEFAULT_SEEDS = 2000;
const DEFAULT_PATIENCE = 2000;
const PLENTY = 3 * 1024 * 1024;

/**
 * The cases of the contract for one kind of writer, at least one for each rule it can show.
 *
 * ```ts
 * for (const { name, run } of conformanceCases({ name: "mine", factory })) it(name, run);
 * ```
 */
export function conformanceCases(options: ConformanceOptions): ConformanceCase[] {
  const { patience = DEFAULT_PATIENCE } = options;
  const kind: Kind = "layer" in options ? "layer" : "factory";
  const supports = { ...DEFAULTS[kind], ...options.supports };
  const maker: Maker = { ...options, patience };
  const cases: ConformanceCase[] = [];
  for (const definition of DEFINITIONS) {
    if (definition.only !== undefined && definition.only !== kind) continue;
    cases.push(caseOf(definition, options, maker, supports, undefined));
    if (kind === "factory" || definition.repeats !== true) continue;
    for (const instrument of Object.keys(INSTRUMENTS) as (keyof typeof INSTRUMENTS)[]) {
      cases.push(caseOf(definition, options, maker, supports, instrument));
    }
  }
  cases.push(scheduleCase(options, maker, supports));
  return cases;
}

const FACTORY_DEFAULTS: Required<Supports> = {
  abort: true,
  onFailure: true,
  delivered: true,
  finished: false,
  fail: false,
  stall: false,
  transient: false,
  held: false,
  full: false,
  unprompted: false,
  abortsInner: false,
};

const DEFAULTS: Record<Kind, Required<Supports>> = {
  factory: FACTORY_DEFAULTS,
  layer: {
    ...FACTORY_DEFAULTS,
    finished: true,
    fail: true,
    stall: true,
    full: true,
    abortsInner: true,
  },
};

function caseOf(
  definition: CaseDefinition,
  { name }: ConformanceOptions,
  maker: Maker,
  supports: Required<Supports>,
  instrument: keyof typeof INSTRUMENTS | undefined,
): ConformanceCase {
  const lacks = definition.needs?.filter((need) => !supports[need]) ?? [];
  const below = instrument === undefined ? "" : ` (below: ${instrument})`;
  return {
    id: definition.id,
    name: `${definition.id} ${name} ${definition.title}${below}`,
    skip: lacks.length === 0 ? undefined : `supports no ${lacks.join(", ")}`,
    timeout: 30_000,
    async run() {
      const drivers: Driver[] = [];
      const under = instrument === undefined ? {} : { under: INSTRUMENTS[instrument] };
      const context: CaseContext = {
        supports,
        random: new Random(1),
        plenty: PLENTY,
        async make(options) {
          const driver = await makeDriver(maker, { ...under, ...options }, new LaterQueue(true));
          drivers.push(driver);
          return driver;
        },
      };
      try {
        await definition.run(context);
      } catch (error) {
        if (error instanceof ConformanceError) throw error;
        const finding = `it threw where it should not: ${String(error)}`;
        throw new ConformanceError(definition.id, finding, { cause: error });
      } finally {
        for (const driver of drivers) await cleanUp(driver);
      }
    },
  };
}

function scheduleCase(
  { name, seeds = numberFromEnvironment("AW_SEEDS") ?? DEFAULT_SEEDS }: ConformanceOptions,
  maker: Maker,
  supports: Required<Supports>,
): ConformanceCase {
  const only = numberFromEnvironment("AW_SEED");
  const title = only === undefined ? `${seeds} seeded schedules` : `the schedule of seed ${only}`;
  return {
    id: "AW-WRITE-8",
    name: `AW-WRITE-8 ${name} keeps the contract in ${title}`,
    skip: undefined,
    timeout: 60_000 + seeds * 20,
    async run() {
      const first = only ?? 1;
      const last = only ?? seeds;
      for (let seed = first; seed <= last; seed++) await runSchedule(maker, supports, seed);
    },
  };
}
