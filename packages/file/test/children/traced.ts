/** Runs a program of this folder and writes its system calls about files to LOG: traced.ts LOG PROGRAM ARGS... */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const CALLS = "openat,write,writev,pwrite64,pwritev,fchmod,fchown,fsync,fdatasync,rename,unlink";

const [log = "", program = "", ...args] = process.argv.slice(2);
const { status } = spawnSync(
  "strace",
  [
    // All threads, descriptors with their paths, no names cut short.
    "-fy",
    "--string-limit=500",
    `--trace=${CALLS}`,
    `--output=${log}`,
    process.execPath,
    "--conditions=@aw/source",
    "--no-warnings",
    join(import.meta.dirname, program),
    ...args,
  ],
  { stdio: "inherit" },
);
process.exitCode = status ?? 1;
