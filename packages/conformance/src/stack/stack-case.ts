import { numberFromEnvironment } from "../environment.ts";
import type { StackOptions } from "./stack-options.ts";
import { StackSchedule } from "./stack-schedule.ts";

/** The case of {@link stackCase}, for any test runner. */
export interface StackCase {
  readonly name: string;
  /** How long it may take, in milliseconds. */
  readonly timeout: number;
  /** Rejects with a `ConformanceError` if the stack breaks a rule. */
  readonly run: () => Promise<void>;
}

const DEFAULT_SEEDS = 200;
const DEFAULT_PATIENCE = 2000;

/**
 * A reader copied into a writer, in seeded schedules: the source gives pieces, stalls, ends or fails, the
 * destination takes little, stalls or fails, and a signal stops the copy, at moments that the seed decides.
 * What arrives is compared with what was given.
 *
 * ```ts
 * const { name, timeout, run } = stackCase({ name: "a into b", reader: a, writer: b });
 * it(name, { timeout }, run);
 * ```
 */
export function stackCase(options: StackOptions): StackCase {
  const { patience = DEFAULT_PATIENCE } = options;
  const seeds = options.seeds ?? numberFromEnvironment("AW_SEEDS") ?? DEFAULT_SEEDS;
  const only = numberFromEnvironment("AW_SEED");
  const title = only === undefined ? `${seeds} seeded schedules` : `the schedule of seed ${only}`;
  return {
    name: `${options.name} keeps the contract in ${title}`,
    timeout: 60_000 + seeds * 50,
    async run() {
      for (let seed = only ?? 1; seed <= (only ?? seeds); seed++) {
        await new StackSchedule(options, patience, seed).run();
      }
    },
  };
}
