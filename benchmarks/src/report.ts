import type { Comparison } from "./compare.ts";

/** What `pnpm bench --json` writes. */
export interface Report extends Comparison {
  machine: string;
  node: string;
  versions: Record<string, string>;
  runs: number;
}
