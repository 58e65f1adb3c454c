/**
 * `pnpm mutation PACKAGE [--tests GLOB] [--concurrency N] [--share S] [FILE...]`: changes the sources of a package in one
 * place at a time, and runs its tests against each change (Stryker). Says how many of the changes the tests
 * notice, and lists those that they do not. Files are named as below `src`, tests as below `test`, which makes a
 * run of minutes: `pnpm mutation websocket --tests "link/*" link/inbox.ts`. N changes are tried at a time, 2 by
 * default: more where most of them hang, or where others use the machine. `--share 0.25` tries a quarter of them, the
 * same one each time, another one with another `AW_SEED`: that is an estimate in minutes. Without `--tests`, tests of the
 * package that stand in another one run as well: those of the kit over core. `AW_SEEDS` says how many seeded schedules
 * each of them runs, 20 by default.
 *
 * Survivors that may live stand in `mutation/survivors.json`, with the reason. Ends with status 1 if there are
 * others, or if one that stands there was killed. A test that hangs costs AW_MUTATION_TEST_MS, 15,000 by
 * default. What takes several times as long as without a mutant counts as killed by the time limit: on a machine that others
 * use, too, look at those once more. Not a part of `npm test`: a whole package takes an hour.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { isSame, knownSurvivors, survivorsOf } from "./mutation/survivors.ts";
import type { MutantStatus, Report, Survivor } from "./mutation/survivors.ts";

const REPORT = "reports/mutation/report.json";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tests: { type: "string", default: "**/*" },
    concurrency: { type: "string", default: "2" },
    share: { type: "string", default: "1" },
  },
});
const [name = "", ...files] = positionals;
const folder = `packages/${name}/src`;
if (name === "" || !existsSync(folder)) {
  console.error(
    "usage: pnpm mutation PACKAGE [--tests GLOB] [--concurrency N] [--share S] [FILE...]",
  );
  process.exit(2);
}

const patterns = files.length === 0 ? ["**/*.ts"] : files;
rmSync(REPORT, { force: true });
const mutate = patterns.map((pattern) => `${folder}/${pattern}`).join(",");
const config = ["scripts/mutation/stryker.config.json", "--concurrency", values.concurrency];
const stryker = ["run", ...config, "--mutate", mutate];
const { AW_SEED: seed = "1", ...others } = process.env;
// Fewer seeded schedules: each mutant goes through all that reach it. The seed is the sample's, not that of tests,
// which would run one schedule only.
const env = {
  ...others,
  AW_MUTATION: name,
  AW_MUTATION_TESTS: values.tests,
  AW_MUTATION_SHARE: values.share,
  AW_MUTATION_SEED: seed,
  AW_SEEDS: process.env["AW_SEEDS"] ?? "20",
};
const { status } = spawnSync("stryker", stryker, { stdio: "inherit", env });
if (status === 0) judge(JSON.parse(readFileSync(REPORT, "utf8")) as Report);
else process.exitCode = 1;

function judge(report: Report): void {
  const survivors = survivorsOf(report);
  const known = knownSurvivors().filter(({ file }) => file in report.files);
  const found = survivors.filter((one) => !known.some((other) => isSame(one, other)));
  const isWhole = Number(values.share) === 1;
  const gone = isWhole ? known.filter((one) => !survivors.some((other) => isSame(one, other))) : [];
  list("survived, and no reason is known", found);
  list("are listed as survivors, and do not survive any more", gone);
  if (found.length > 0 || gone.length > 0) process.exitCode = 1;

  const count = counter(report);
  const late = count("Timeout");
  const killed = count("Killed") + late;
  const tried = killed + count("Survived");
  const unreached = count("NoCoverage");
  // Of those that no test reaches all are known, also beside a sample.
  const reached = tried + count("CompileError");
  const share = (killed / tried) * (reached / (reached + unreached));
  console.log(
    `${name}: ${killed} of ${tried} mutants killed, ${late} of them by the time limit, ` +
      `${unreached} reached by no test: ` +
      `${(100 * share).toFixed(1)} % of ${reached + unreached}; ` +
      `${survivors.length} survived, ${survivors.length - found.length} of them for a known reason`,
  );
}

function counter({ files: mutated }: Report): (wanted: MutantStatus) => number {
  const mutants = Object.values(mutated).flatMap((file) => file.mutants);
  return (wanted) => mutants.filter((mutant) => mutant.status === wanted).length;
}

/** In the form of the list of known ones. */
function list(what: string, survivors: Survivor[]): void {
  if (survivors.length > 0) console.log(`These ${what}:\n${JSON.stringify(survivors, null, 2)}`);
}
