/**
 * Everything that must hold, as tasks of turbo: what has passed on the same files is not done again. Stops at the
 * first that fails. Ends with the count of tests.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";

const REPORT = "reports/vitest.json";
rmSync(REPORT, { force: true });

const passed =
  run("scripts/setup-debian.sh") &&
  run("turbo", "run", "build", "--output-logs=errors-only") &&
  // The tests depend on all other checks. Two at a time, as many as small machines have cores.
  run("turbo", "run", "unit", "--env-mode=loose", "--concurrency=2", "--log-prefix=none");
if (!passed) process.exitCode = 1;

// The line that a machine reads: how many tests passed on these files.
if (existsSync(REPORT)) {
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(REPORT, "utf8")) as {
    numPassedTests: number;
    numFailedTests: number;
  };
  if (numPassedTests === 0) process.exitCode = 1;
  console.log(`\n${numPassedTests} passed, ${numFailedTests} failed`);
}

function run(command: string, ...args: string[]): boolean {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1", CI: "true" };
  const { status, error } = spawnSync(command, args, { stdio: "inherit", env });
  if (error !== undefined) console.error(error);
  return status === 0;
}
