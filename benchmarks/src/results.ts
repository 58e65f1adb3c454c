import type { BenchCase } from "./cases.ts";
import { COMPETITORS } from "./competitor.ts";
import type { Subject } from "./subjects.ts";
import { moreIsBetter, type Unit } from "./units.ts";
import type { Metric } from "./workload.ts";

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

/** A subject, and what each of its runs has measured, by metric. */
export interface Measured {
  readonly subject: Pick<Subject, "name" | "competitor">;
  readonly runs: readonly (readonly number[])[];
}

const OURS: string = COMPETITORS[0] as string;

/** The results of a case: all subjects by the first metric, then by the next. */
export function resultsOf(
  { name }: Pick<BenchCase, "name">,
  metrics: readonly Metric[],
  all: readonly Measured[],
): Result[] {
  return metrics.flatMap(({ suffix, unit }, metric) => {
    const rows = all.map(({ subject, runs }) => ({
      subject: subject.name,
      ...spread(runs.map((figures) => figures[metric] as number)),
    }));
    // Ours come first, if any of them was measured.
    const ours = all[0]?.subject.competitor === OURS ? rows[0]?.median : undefined;
    return rows.map((row) => ({
      case: suffix === undefined ? name : `${name}-${suffix}`,
      unit,
      ...row,
      ratio: ratioOf(unit, ours ?? Number.NaN, row.median),
    }));
  });
}

function spread(figures: readonly number[]): Pick<Result, "median" | "min" | "max"> {
  const sorted = figures.toSorted((a, b) => a - b);
  const at = (place: number): number => sorted.at(place) as number;
  return { median: at(sorted.length >> 1), min: at(0), max: at(-1) };
}

function ratioOf(unit: Unit, ours: number, theirs: number): number | null {
  const ratio = moreIsBetter(unit) ? ours / theirs : theirs / ours;
  return Number.isFinite(ratio) ? ratio : null;
}
