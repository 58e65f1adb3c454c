import type { BenchCase } from "./cases.ts";
import { resultsOf, type Measured, type Result } from "./results.ts";
import { runTasks } from "./run-tasks.ts";
import { subjectsOf, type Subject } from "./subjects.ts";
import type { Task } from "./task.ts";
import type { Opened } from "./workload.ts";
import { loadWorkload } from "./workloads.ts";

export interface CompareOptions {
  readonly runs: number;
  /** How long the measured part of a run should take, in milliseconds. */
  readonly budget: number;
  /** Whose subjects take part. */
  readonly competitors: readonly string[];
}

/** What was not measured, and why. */
interface Missing {
  case: string;
  subject: string;
  why: string;
}

export interface Comparison {
  results: Result[];
  missing: Missing[];
}

/** Measures all subjects in turn, so that a noisy moment hits each of them. */
export async function compare(each: BenchCase, options: CompareOptions): Promise<Comparison> {
  const { budget, competitors } = options;
  const runs = isSteady(each) ? 1 : options.runs;
  const known = await subjectsOf(each, false);
  const subjects = known.filter(({ competitor }) => competitors.includes(competitor));
  const all = subjects
    .filter(({ missing }) => missing === undefined)
    .map((subject) => ({ subject, runs: [] as (readonly number[])[] }));
  const workload = await loadWorkload(each.workload);
  for (let run = 0; run < runs; run++) {
    // A receiver for each run: one that never reads does not notice that its peers are gone, and
    // would run out of descriptors.
    const opened = await workload.open?.();
    try {
      for (const measured of all) {
        const task = taskOf(each, measured.subject, budget, opened);
        measured.runs.push(...(await runTasks(measured.subject.runtime, [task])));
      }
    } finally {
      opened?.close();
    }
  }
  return {
    results: resultsOf(each, workload.metrics(each.figure), all satisfies Measured[]),
    missing: subjects.flatMap(({ name, missing }) =>
      missing === undefined ? [] : [{ case: each.name, subject: name, why: missing }],
    ),
  };
}

/** What comes out the same each time need not be measured again. */
function isSteady({ workload, figure }: BenchCase): boolean {
  return workload === "size" || figure === "heap";
}

export function taskOf(
  { workload, size, layers, burst, figure }: BenchCase,
  { competitor, way }: Subject,
  budget: number,
  opened: Opened | undefined,
): Task {
  return { competitor, way, workload, size, layers, burst, figure, budget, target: opened?.target };
}
