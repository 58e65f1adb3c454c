import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Comparison } from "./compare.ts";

/** What `pnpm bench --json` writes. */
export interface Report extends Comparison {
  machine: string;
  node: string;
  versions: Record<string, string>;
  runs: number;
}

/**
 * Writes a report. What is in the file of other cases stays, if it was measured on the same machine with the
 * same versions: so the whole can be measured in parts.
 */
export function writeReport(file: string, report: Report): void {
  const old = existsSync(file) ? readReport(file) : undefined;
  const merged = old !== undefined && isAlike(old, report) ? merge(old, report) : report;
  writeFileSync(file, `${JSON.stringify(merged, undefined, 2)}\n`);
}

export function readReport(file: string): Report {
  return JSON.parse(readFileSync(file, "utf8")) as Report;
}

function isAlike(one: Report, other: Report): boolean {
  const setting = ({ machine, node, versions, runs }: Report): string =>
    JSON.stringify([machine, node, versions, runs]);
  return setting(one) === setting(other);
}

function merge(old: Report, report: Report): Report {
  const fresh = new Set([...report.results, ...report.missing].map((each) => each.case));
  const kept = <T extends { case: string }>(all: readonly T[]): T[] =>
    all.filter((each) => !fresh.has(each.case));
  return {
    ...report,
    results: [...kept(old.results), ...report.results],
    missing: [...kept(old.missing), ...report.missing],
  };
}
