/**
 * Logs with the thread pool where the system sets a limit, and flushes synchronously in mid-write:
 * within-limits.ts PATH WHAT LIMIT. Prints "flushed", or the code of the error.
 */
import { spawnSync } from "node:child_process";
import { openSync } from "node:fs";
import { open } from "@aw/file";

const [path = "", what = "", limit] = process.argv.slice(2);
const LINES = 9000;

if (limit !== undefined) {
  // Only a shell sets limits.
  const { execPath, execArgv, argv } = process;
  const command = `ulimit ${what === "size" ? "-f" : "-n"} ${limit} && exec "$0" "$@"`;
  const args = ["-c", command, execPath, ...execArgv, String(argv[1]), path, what];
  process.exitCode = spawnSync("sh", args, { stdio: "inherit" }).status ?? 1;
} else {
  const out = await open(path, { flags: "a" });
  if (what === "descriptors") exhaust();
  out.writeAll(`${"y".repeat(99)}\n`.repeat(LINES)).catch(() => {});
  // The thread pool is at it.
  await new Promise((resolve) => setImmediate(resolve));
  let outcome = "flushed";
  try {
    out.flushSync();
  } catch (error) {
    outcome = (error as { code: string }).code;
  }
  process.on("exit", () => process.stdout.write(outcome));
  process.exit();
}

function exhaust(): void {
  try {
    for (;;) openSync("/dev/null", "r");
  } catch {
    // None is left.
  }
}
