import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { binaries } from "../runtimes/binaries.ts";
import { run } from "./run.ts";

/** One that installs into a project what a README says. */
export interface PackageManager {
  readonly name: string;
  /** Installs `specs` into the project, from the registry that its `.npmrc` names. */
  readonly add: (project: string, specs: readonly string[]) => Promise<unknown>;
}

const npm: PackageManager = {
  name: "npm",
  add: (project, specs) => run(project, "npm", ["install", "--no-audit", "--no-fund", ...specs]),
};

const pnpm: PackageManager = {
  name: "pnpm",
  add: (project, specs) =>
    run(project, "pnpm", [
      "add",
      "--ignore-workspace",
      // What it knows of a registry it files by the address, and the next test may get the same port.
      `--config.cache-dir=${join(dirname(project), "pnpm-cache")}`,
      // Packages that are seconds old are no attack here.
      "--config.minimum-release-age=0",
      ...specs,
    ]),
};

const bun: PackageManager = {
  name: "bun",
  add: (project, specs) =>
    run(project, binaries.bun, ["add", ...specs], {
      // It files packages by name and version, whatever is in them.
      BUN_INSTALL_CACHE_DIR: join(dirname(project), "bun-cache"),
    }),
};

/** Bun only where there is a binary of it for this machine. */
export const packageManagers: readonly PackageManager[] =
  binaries.bun === "" ? [npm, pnpm] : [npm, pnpm, bun];

/** An empty project that gets `@aw/*` from `registry`, and everything else from where its user does. */
export function emptyProject(project: string, registry: string): void {
  mkdirSync(project);
  writeFileSync(join(project, ".npmrc"), `@aw:registry=${registry}\n`);
  writeFileSync(
    join(project, "package.json"),
    JSON.stringify({ name: "outside", version: "1.0.0", private: true, type: "module" }),
  );
}
