/**
 * Packs every published package as it would go to the registry, checks the tarballs, installs
 * them into an empty project outside the workspace, and compiles programs against their types. That they run
 * once they are installed is what `tests/published` shows. `--full` has every compiler check every program.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkTypes, TYPES_OF_NODE } from "./check-types.ts";

interface Manifest {
  name: string;
  private?: boolean;
  dependencies?: Record<string, string>;
}

/** At the start of a line, so that the examples in comments do not count. */
const FOREIGN_IMPORT = /^(?:import\s*|(?:import|export|\})[^"'\n]*\bfrom\s*)["'](?!\.)([^"']+)/m;

const scratch = mkdtempSync(join(tmpdir(), "aw-packages-"));
try {
  const tarballs = pack();
  checkCore();
  for (const tarball of tarballs.values()) {
    run("publint", ["run", tarball, "--strict"]);
    run("attw", [tarball, "--profile", "esm-only"]);
  }
  const project = install(tarballs);
  checkTypes(project, process.argv.includes("--full"));
  // `import x = require()` is more than types: it is transformed, not only erased.
  run("node", ["--experimental-transform-types", "--no-warnings", "commonjs.cts"], project);
} finally {
  rmSync(scratch, { recursive: true });
}

/** Packs all packages; returns the tarball of each by name. */
function pack(): Map<string, string> {
  const tarballs = new Map<string, string>();
  for (const folder of readdirSync("packages")) {
    const path = join("packages", folder);
    const { name, private: unpublished } = manifest(path);
    if (unpublished) continue;
    const tarball = join(scratch, `${folder}.tgz`);
    run("pnpm", ["pack", "--out", tarball], path);
    tarballs.set(name, tarball);
  }
  return tarballs;
}

/** Core runs anywhere: its built code imports no platform module, and it depends on nothing. */
function checkCore(): void {
  const { dependencies = {} } = manifest("packages/core");
  if (Object.keys(dependencies).length > 0) throw new Error("@aw/core has a dependency");
  for (const file of readdirSync("packages/core/dist")) {
    const text = readFileSync(join("packages/core/dist", file), "utf8");
    const found = file.endsWith(".js") && FOREIGN_IMPORT.exec(text);
    if (found) throw new Error(`@aw/core imports ${found[1]} in ${file}`);
  }
}

/** Installs the tarballs into an empty project, and returns its folder. */
function install(tarballs: Map<string, string>): string {
  const project = join(scratch, "project");
  mkdirSync(project);
  const local = Object.fromEntries([...tarballs].map(([name, path]) => [name, `file:${path}`]));
  writeFileSync(
    join(project, "package.json"),
    JSON.stringify({
      name: "outside",
      private: true,
      type: "module",
      dependencies: local,
      devDependencies: { "@types/node": TYPES_OF_NODE },
    }),
  );
  // What depends on another of our packages must get its tarball, not look for it in the registry.
  const overrides = Object.entries(local).map(([name, spec]) => `  "${name}": "${spec}"\n`);
  writeFileSync(join(project, "pnpm-workspace.yaml"), `overrides:\n${overrides.join("")}`);
  run("pnpm", ["install", "--silent", "--prefer-offline"], project);
  return project;
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

function run(command: string, args: string[], cwd = "."): void {
  try {
    execFileSync(command, args, { cwd, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(" ")}\n${stdout}${stderr}`, { cause: error });
  }
}
