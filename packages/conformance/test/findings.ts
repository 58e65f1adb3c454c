import { ConformanceError } from "../src/index.ts";

/** What the cases of a kit find. */
export interface Findings {
  /** The rules that were found broken, each with the first finding. */
  readonly broken: Map<string, string>;
  /** Those of them that a case of the rule itself found. */
  readonly byOwnCase: Set<string>;
}

/** Runs all cases, and collects what they find. */
export async function findingsOf(
  cases: readonly {
    readonly id: string;
    readonly name: string;
    readonly skip: string | undefined;
    readonly run: () => Promise<void>;
  }[],
): Promise<Findings> {
  const findings: Findings = { broken: new Map(), byOwnCase: new Set() };
  for (const { id, name, skip, run } of cases) {
    if (skip !== undefined) continue;
    try {
      await run();
    } catch (error) {
      const rule = error instanceof ConformanceError ? error.rule : `${String(error)} in ${name}`;
      if (!findings.broken.has(rule)) findings.broken.set(rule, `${name}: ${String(error)}`);
      if (rule === id) findings.byOwnCase.add(rule);
    }
  }
  return findings;
}
