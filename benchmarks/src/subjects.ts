import type { BenchCase } from "./cases.ts";
import { COMPETITORS, loadCompetitor, waysOf } from "./competitor.ts";
import { loadWorkload } from "./workloads.ts";
import type { RuntimeName } from "./runtimes.ts";

/** One way of one competitor to do the work of a case. */
export interface Subject {
  readonly name: string;
  readonly competitor: string;
  readonly way: string;
  readonly runtime: RuntimeName;
  /** Why it can't be measured here. */
  readonly missing: string | undefined;
}

const readiness = new Map<string, string | undefined>();

/** Everyone who knows the work of a case, ours first. */
export async function subjectsOf(
  { workload, figure }: BenchCase,
  quickly: boolean,
): Promise<Subject[]> {
  const subjects: Subject[] = [];
  for (const name of COMPETITORS) {
    const competitor = await loadCompetitor(name);
    const { runtime = "node", countsHeap = true, prepare } = competitor;
    const known = Object.entries(await waysOf(competitor, workload));
    if (known.length === 0 || (figure === "heap" && !countsHeap)) continue;
    if (!readiness.has(name)) readiness.set(name, prepare?.(quickly));
    for (const [way, how] of known) {
      const missing = readiness.get(name) ?? (await loadWorkload(workload)).missing?.(how);
      subjects.push({ name: `${name}: ${way}`, competitor: name, way, runtime, missing });
    }
  }
  return subjects;
}
