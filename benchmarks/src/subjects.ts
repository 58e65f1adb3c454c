import type { BenchCase } from "./cases.ts";
import { COMPETITORS, loadCompetitor } from "./competitor.ts";
import { loadWorkload } from "./workloads.ts";
import { runtimeFlags, findRuntime, type RuntimeName } from "./runtimes.ts";

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
    const { ways, runtime = "node", countsHeap = true, prepare } = await loadCompetitor(name);
    const known = Object.entries<unknown>(ways[workload] ?? {});
    if (known.length === 0 || (figure === "heap" && !countsHeap)) continue;
    if (!readiness.has(name)) readiness.set(name, prepare?.(quickly));
    for (const [way, how] of known) {
      const missing = readiness.get(name) ?? (await loadWorkload(workload)).missing?.(how);
      subjects.push({ name: `${name}: ${way}`, competitor: name, way, runtime, missing });
    }
  }
  return subjects;
}

/** The command that runs measure.ts for a subject. */
export function commandOf({ runtime }: Subject, heap: boolean): [command: string, args: string[]] {
  const command = findRuntime(runtime);
  if (command === undefined) throw new Error(`there is no ${runtime}`);
  const flags = runtimeFlags(runtime);
  // A new generation so large that nothing is collected while it is counted.
  const large =
    heap && runtime !== "bun" ? ["--min-semi-space-size=512", "--max-semi-space-size=512"] : [];
  return [command, [...flags, ...large]];
}
