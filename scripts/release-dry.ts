/**
 * `pnpm release:dry [PACKAGE...]`: shows what a release of the last commit would publish, and changes nothing: the next version
 * of each package, what its tarball holds, and what its CHANGELOG would say. With names, the files too.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

interface Manifest {
  name: string;
  version: string;
  private?: boolean;
}

interface Tarball {
  /** Bytes, compressed and unpacked. */
  size: number;
  unpackedSize: number;
  files: { path: string; size: number }[];
}

const wanted = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), "aw-release-"));
try {
  run("turbo", ["run", "build", "--output-logs=errors-only"]);
  const next = versioned(scratch);
  const changelogs: string[] = [];
  console.log("| package | version | tarball | unpacked | files |\n|---|---|---|---|---|");
  for (const folder of readdirSync("packages")) {
    const now = manifestOf(join("packages", folder));
    if (now.private === true) continue;
    const then = manifestOf(join(next, "packages", folder));
    const { size, unpackedSize, files } = pack(folder);
    const version = then.version === now.version ? "as it is" : `${now.version} → ${then.version}`;
    console.log(
      `| ${now.name} | ${version} | ${kB(size)} | ${kB(unpackedSize)} | ${files.length} |`,
    );
    if (wanted.length > 0 && !wanted.includes(folder)) continue;
    if (wanted.includes(folder)) {
      changelogs.push(
        files.map(({ size: bytes, path }) => `${kB(bytes).padStart(12)}  ${path}`).join("\n"),
      );
    }
    changelogs.push(latestOf(join(next, "packages", folder, "CHANGELOG.md"), then));
  }
  console.log(`\n${changelogs.join("\n\n")}`);
} finally {
  rmSync(scratch, { recursive: true });
}

/** A copy of the last commit in which `changeset version` has run; returns its folder. */
function versioned(folder: string): string {
  const copy = join(folder, "next");
  run("git", ["clone", "--quiet", "--shared", ".", copy]);
  symlinkSync(resolve("node_modules"), join(copy, "node_modules"));
  run("changeset", ["version"], copy);
  return copy;
}

function pack(folder: string): Tarball {
  const path = join(scratch, `${folder}.tgz`);
  run("pnpm", ["pack", "--out", path], join("packages", folder));
  // npm says of a tarball what it holds, without asking anybody.
  const [tarball] = JSON.parse(run("npm", ["pack", "--dry-run", "--json", path])) as [Tarball];
  return tarball;
}

/** The part of a CHANGELOG that is about one version. */
function latestOf(path: string, { name, version }: Manifest): string {
  if (!existsSync(path)) return `# ${name}: nothing to say`;
  const [, latest = ""] = readFileSync(path, "utf8").split(/^## /m);
  return `# ${name} ${latest.startsWith(version) ? latest.trimEnd() : `${version}: as it is`}`;
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

function kB(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

/** Returns what it prints. */
function run(command: string, args: string[], cwd = "."): string {
  try {
    return execFileSync(command, args, { cwd, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(" ")}\n${stdout}${stderr}`, { cause: error });
  }
}
