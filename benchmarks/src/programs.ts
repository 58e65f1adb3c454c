import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { basename, join } from "node:path";

/** What is compiled once stays here, by what it was made of. */
export const CACHE: string = join(import.meta.dirname, "../node_modules/.cache/aw-bench");

/** Where Debian's librust-tokio-dev puts the crates. */
export const CRATES = "/usr/share/cargo/registry";

export function hasCommand(command: string): boolean {
  return spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0;
}

/**
 * Compiles a C program, unless that was done before. Returns its path; undefined without a compiler, or
 * without the headers of a library.
 */
export function compileC(source: string, libraries: readonly string[] = []): string | undefined {
  const hash = createHash("sha256").update(readFileSync(source)).digest("hex").slice(0, 16);
  const program = join(CACHE, `${basename(source, ".c")}-${hash}`);
  if (existsSync(program)) return program;
  if (!hasCommand("gcc") || !hasHeaders(source)) return undefined;
  mkdirSync(CACHE, { recursive: true });
  // Under its name only once it is whole: another process may be looking for it.
  const unfinished = `${program}.${process.pid}`;
  const link = libraries.map((name) => `-l${name}`);
  execFileSync("gcc", ["-O2", "-Wall", "-Werror", "-o", unfinished, source, ...link], {
    stdio: "pipe",
  });
  renameSync(unfinished, program);
  return program;
}

/** Whether everything is there that a program includes. */
function hasHeaders(source: string): boolean {
  return spawnSync("gcc", ["-M", source], { stdio: "ignore" }).status === 0;
}
