import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { CRATES } from "./programs.ts";
import { findRuntime } from "./runtimes.ts";

const FOLDER: string = join(import.meta.dirname, "..");

/** The versions of everything that is measured, as far as it is there. */
export function findVersions(): Record<string, string> {
  return {
    ...runtimeVersions(),
    ...packageVersions(),
    ...toolVersions(),
    ...(existsSync(CRATES) ? { tokio: tokioVersion() } : {}),
  };
}

function runtimeVersions(): Record<string, string> {
  const versions: Record<string, string> = { node: process.versions.node };
  for (const name of ["node26", "bun"] as const) {
    const path = findRuntime(name);
    if (path === undefined) continue;
    versions[name] = execFileSync(path, ["--version"], { encoding: "utf8" })
      .trim()
      .replace("v", "");
  }
  return versions;
}

/** Those that this workspace names itself, without what it needs to measure. */
function packageVersions(): Record<string, string> {
  const { dependencies } = manifest(FOLDER) as { dependencies: Record<string, string> };
  const names = Object.keys(dependencies).filter((name) => !name.startsWith("@aw/"));
  return Object.fromEntries(
    names.map((name) => [name, String(manifest(join(FOLDER, "node_modules", name)).version)]),
  );
}

function manifest(folder: string): { version?: string } {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version?: string };
}

function toolVersions(): Record<string, string> {
  const versions: Record<string, string> = {};
  for (const name of ["gcc", "cargo", "gzip", "pigz", "zstd"]) {
    const { stdout, stderr } = spawnSync(name, ["--version"], { encoding: "utf8" });
    const version = /\d+\.\d+[\d.]*/.exec(`${stdout ?? ""}${stderr ?? ""}`)?.[0];
    if (version !== undefined) versions[name] = version;
  }
  return versions;
}

function tokioVersion(): string {
  const folder = readdirSync(CRATES).find((name) => /^tokio-\d/.test(name));
  return folder?.slice("tokio-".length) ?? "not there";
}
