/** `pnpm bench [filter...]`, with the options of the README: ours and the peers, interleaved. */
import { parseArgs } from "node:util";
import { cases } from "./cases.ts";
import { COMPETITORS } from "./competitor.ts";
import { compare, type Comparison } from "./compare.ts";
import { judge } from "./goals.ts";
import { describeMachine } from "./machine.ts";
import { goalsText, tableText } from "./print.ts";
import { writeReport } from "./report.ts";
import { findVersions } from "./versions.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "7" },
    json: { type: "string" },
    budget: { type: "string", default: "300" },
    only: { type: "string" },
  },
});
const runs = Number(values.runs);
const budget = Number(values.budget);
const competitors = values.only?.split(",") ?? COMPETITORS;
if (!(runs >= 1 && budget > 0)) throw new RangeError("--runs and --budget take positive numbers");
const chosen = cases.filter(({ name }) => positionals.every((filter) => name.includes(filter)));
if (chosen.length === 0)
  throw new RangeError(`no case has ${positionals.join(" and ")} in its name`);

console.log(
  `Medians of ${runs} runs, min to max, and ours divided by each: above x 1 ours is better.`,
);
const all: Comparison = { results: [], missing: [] };
const about = { ...describeMachine(), versions: findVersions(), runs };
for (const each of chosen) {
  const comparison = await compare(each, { runs, budget, competitors });
  console.log(tableText(comparison));
  all.results.push(...comparison.results);
  all.missing.push(...comparison.missing);
  // After each case: what was measured is not lost when a later one fails.
  if (values.json !== undefined) writeReport(values.json, { ...about, ...all });
}
console.log(goalsText(judge(all.results)));
