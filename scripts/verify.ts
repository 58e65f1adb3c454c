/**
 * Everything that must hold, in the order in which it is cheapest to find out. Stops at the first
 * step that fails. Ends with the count of tests.
 */
import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const scratch = mkdtempSync(join(tmpdir(), "aw-verify-"));
const report = join(scratch, "vitest.json");

/** The folders of the workspace that have tests or programs to type-check, besides the sources. */
const programs = ["packages", "apps"]
  .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  .flatMap((folder) => [folder, join(folder, "test")])
  .concat("tests", "benchmarks")
  .filter((folder) => existsSync(join(folder, "tsconfig.json")))
  .filter((folder) => globSync(`${folder}/**/*.ts`, { exclude: ["**/node_modules"] }).length > 0);

const packages = programs.filter((folder) => /^packages\/[^/]+$/.test(folder));
const others = programs.filter((folder) => !packages.includes(folder));

const steps: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ["tools from Debian", "scripts/setup-debian.sh"],
  ["build", "turbo", "run", "build", "--output-logs=errors-only"],
  ["types", "tsc", "-b", ...packages],
  ...others.map((folder) => [`types of ${folder}`, "tsc", "-p", folder] as const),
  ["lint", "oxlint", "--type-aware", "--deny-warnings"],
  ["format", "oxfmt", "--check"],
  ["boundaries", "turbo", "boundaries"],
  ["folders", "node", "scripts/check-folders.ts"],
  ["unused code", "knip"],
  ["workspace", "sherif"],
  ["packages", "node", "scripts/check-packages.ts"],
  ["tests", "vitest", "run", "--reporter=default", "--reporter=json", `--outputFile=${report}`],
];

try {
  for (const [name, command, ...args] of steps) {
    const start = performance.now();
    console.log(`\n── ${name}: ${[command, ...args].join(" ")}`);
    const { status, error } = spawnSync(command, args, {
      stdio: "inherit",
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", CI: "true" },
    });
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    if (status !== 0) {
      console.error(`\n${name} failed after ${seconds} s${error ? `: ${error.message}` : ""}`);
      process.exitCode = 1;
      break;
    }
    console.log(`   ${seconds} s`);
  }
  printCount();
} finally {
  rmSync(scratch, { recursive: true });
}

/** The line that a machine reads: how many tests really ran. */
function printCount(): void {
  if (!existsSync(report)) return;
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, "utf8")) as {
    numPassedTests: number;
    numFailedTests: number;
  };
  if (numPassedTests === 0) process.exitCode = 1;
  console.log(`\n${numPassedTests} passed, ${numFailedTests} failed`);
}
