/**
 * Everything that must hold, as tasks of turbo: what has passed on the same files is not done again. Stops at the
 * first that fails. Ends with the count of tests.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";

const REPORT = "reports/vitest.json";
rmSync(REPORT, { force: true });

const passed =
  isSupported() &&
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

/** The tests want other programs, which they take from Debian, and what only Linux has: /proc, strace, mounts. */
function isSupported(): boolean {
  if (process.platform === "linux") return true;
  console.error(`npm test runs on Linux. On ${process.platform}:
- open this folder in its devcontainer (.devcontainer), and run it there; or
- run the packages that need no other program:
  npx --yes pnpm@12.21.0 install
  node node_modules/vitest/vitest.mjs run --project core --project conformance --project node --project tcp`);
  return false;
}

function run(command: string, ...args: string[]): boolean {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1", CI: "true" };
  const { status, error } = spawnSync(command, args, { stdio: "inherit", env });
  if (error !== undefined) console.error(error);
  return status === 0;
}
