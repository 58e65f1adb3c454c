/** Runs a program of this folder with a library in front of the system's: preloaded.ts LIBRARY PROGRAM ARGS... */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const [library, program = "", ...args] = process.argv.slice(2);
const { status } = spawnSync(
  process.execPath,
  ["--conditions=@aw/source", "--no-warnings", join(import.meta.dirname, program), ...args],
  { stdio: "inherit", env: { ...process.env, LD_PRELOAD: library } },
);
process.exitCode = status ?? 1;
