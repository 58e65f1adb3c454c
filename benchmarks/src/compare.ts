import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { BenchCase } from "./cases.ts";
import { COMPETITORS } from "./competitor.ts";
import { commandOf, subjectsOf, type Subject } from "./subjects.ts";
import type { Task } from "./task.ts";
import { moreIsBetter, type Unit } from "./units.ts";
import type { Metric, Opened } from "./workload.ts";
import { loadWorkload } from "./workloads.ts";

/** What takes longer hangs. */
const MOST_MILLISECONDS: number = 5 * 60 * 1000;

const OURS: string = COMPETITORS[0] as string;

const execute = promisify(execFile);

export interface CompareOptions {
  readonly runs: number;
  /** How long the measured part of a run should take, in milliseconds. */
  readonly budget: number;
  /** Whose subjects take part. */
  readonly competitors: readonly string[];
}

export interface Result {
  case: string;
  subject: string;
  unit: Unit;
  median: number;
  min: number;
  max: number;
  /** Ours, the first subject, divided by this one so that above 1 is better. Null if that is no number. */
  ratio: number | null;
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
  const known = await subjectsOf(each, false);
  const subjects = known.filter(({ competitor }) => options.competitors.includes(competitor));
  const present = subjects.filter(({ missing }) => missing === undefined);
  const workload = await loadWorkload(each.workload);
  const opened = await workload.open?.();
  const figures = present.map((): (readonly number[])[] => []);
  try {
    for (let run = 0; run < options.runs; run++) {
      for (const [index, subject] of present.entries()) {
        const task = taskOf(each, subject, options.budget, opened);
        figures[index]?.push(...(await measure(subject, [task])));
      }
    }
  } finally {
    opened?.close();
  }
  return {
    results: workload
      .metrics(each.figure)
      .flatMap((metric, index) => table(each, metric, index, present, figures)),
    missing: subjects.flatMap(({ name, missing }) =>
      missing === undefined ? [] : [{ case: each.name, subject: name, why: missing }],
    ),
  };
}

export function taskOf(
  { workload, size, layers, figure }: BenchCase,
  { competitor, way }: Subject,
  budget: number,
  opened: Opened | undefined,
): Task {
  return { competitor, way, workload, size, layers, figure, budget, target: opened?.target };
}

/** Runs a process for the tasks of one subject's competitor; returns the figures of each. */
export async function measure(
  subject: Subject,
  tasks: readonly Task[],
): Promise<readonly (readonly number[])[]> {
  const heap = tasks.some(({ figure }) => figure === "heap");
  const [command, flags] = commandOf(subject, heap);
  const script = join(import.meta.dirname, "measure.ts");
  const args = [...flags, script, JSON.stringify(tasks)];
  const { stdout } = await execute(command, args, { timeout: MOST_MILLISECONDS });
  return JSON.parse(stdout) as number[][];
}

function table(
  { name }: BenchCase,
  { suffix, unit }: Metric,
  metric: number,
  subjects: readonly Subject[],
  figures: readonly (readonly (readonly number[])[])[],
): Result[] {
  const rows = subjects.map((subject, index) => {
    const sorted = (figures[index] ?? [])
      .map((all) => all[metric] as number)
      .toSorted((a, b) => a - b);
    const at = (place: number): number => sorted.at(place) as number;
    return { subject: subject.name, median: at(sorted.length >> 1), min: at(0), max: at(-1) };
  });
  // Ours come first, if any of them was measured.
  const ours = subjects[0]?.competitor === OURS ? (rows[0]?.median as number) : Number.NaN;
  return rows.map((row) => {
    const ratio = moreIsBetter(unit) ? ours / row.median : row.median / ours;
    return {
      case: suffix === undefined ? name : `${name}-${suffix}`,
      unit,
      ...row,
      ratio: Number.isFinite(ratio) ? ratio : null,
    };
  });
}
