import { cases } from "../src/cases.ts";
import { subjectsOf } from "../src/subjects.ts";
import { loadWorkload } from "../src/workloads.ts";

/** The names of the subjects of each case, as results name them, whether they can be measured here or not. */
export async function knownSubjects(): Promise<Map<string, Set<string>>> {
  const known = new Map<string, Set<string>>();
  for (const each of cases) {
    const names = new Set((await subjectsOf(each, true)).map(({ name }) => name));
    for (const { suffix } of (await loadWorkload(each.workload)).metrics(each.figure)) {
      known.set(suffix === undefined ? each.name : `${each.name}-${suffix}`, names);
    }
  }
  return known;
}
