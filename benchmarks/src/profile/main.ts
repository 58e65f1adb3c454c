/** `pnpm bench:profile CASE...`, as in the README: where the time of each subject goes, by a CPU profile. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cases, type BenchCase } from "../cases.ts";
import { taskOf } from "../compare.ts";
import { formatNumber } from "../print.ts";
import { runTasks } from "../run-tasks.ts";
import { subjectsOf, type Subject } from "../subjects.ts";
import type { Opened } from "../workload.ts";
import { loadWorkload } from "../workloads.ts";
import { selfTimes, type CpuProfile } from "./self-times.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    budget: { type: "string", default: "1000" },
    only: { type: "string", default: "aw" },
    way: { type: "string", default: "" },
    top: { type: "string", default: "10" },
  },
});
const budget = Number(values.budget);
const top = Number(values.top);
if (!(budget > 0 && top > 0)) throw new RangeError("--budget and --top take positive numbers");
const chosen = cases.filter(({ name }) => positionals.includes(name));
if (chosen.length !== positionals.length || chosen.length === 0) {
  throw new RangeError(`name cases as the tables do: ${cases.map(({ name }) => name).join(" ")}`);
}

for (const each of chosen) {
  const subjects = (await subjectsOf(each, false)).filter(
    ({ competitor, runtime, way, missing }) =>
      values.only.split(",").includes(competitor) &&
      way.includes(values.way) &&
      // Programs in C and Rust are run from a Node that only waits.
      runtime === "node" &&
      missing === undefined,
  );
  const workload = await loadWorkload(each.workload);
  for (const subject of subjects) {
    const opened = await workload.open?.();
    try {
      print(each, subject, await profile(each, subject, opened));
    } finally {
      opened?.close();
    }
  }
}

async function profile(
  each: BenchCase,
  subject: Subject,
  opened: Opened | undefined,
): Promise<CpuProfile> {
  const folder = mkdtempSync(join(tmpdir(), "aw-profile-"));
  try {
    const flags = ["--cpu-prof", `--cpu-prof-dir=${folder}`];
    await runTasks("node", [taskOf(each, subject, budget, opened)], flags);
    const [file] = readdirSync(folder);
    if (file === undefined) throw new Error(`${subject.name} left no profile`);
    return JSON.parse(readFileSync(join(folder, file), "utf8")) as CpuProfile;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function print({ name }: BenchCase, subject: Subject, found: CpuProfile): void {
  console.log(`\n${name}, ${subject.name}`);
  for (const { where, share } of selfTimes(found).slice(0, top)) {
    console.log(`  ${formatNumber(share * 100).padStart(5)} %  ${where}`);
  }
}
