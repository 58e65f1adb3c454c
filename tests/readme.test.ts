import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exampleOf, readmeOf } from "./readmes.ts";
import { binaries } from "./runtimes/binaries.ts";

const packages = join(import.meta.dirname, "../packages");
const libraries = readdirSync(packages)
  // What is run from a shell has its example in a shell's words.
  .filter((name) => name !== "cli" && existsSync(join(packages, name, "README.md")));

it.each(libraries)("the example of @aw/%s runs", (name) => {
  const folder = mkdtempSync(join(tmpdir(), "aw-readme-"));
  try {
    const args = ["--conditions=@aw/source", "--input-type=module-typescript", "--eval"];
    // Imports resolve from here; files that the example writes go to a folder of its own.
    const code = exampleOf(name).replaceAll('"report.csv"', JSON.stringify(join(folder, "f")));
    const output = execFileSync(process.execPath, [...args, code], {
      cwd: import.meta.dirname,
      encoding: "utf8",
      stdio: "pipe",
    });
    expect(output).not.toContain("undefined");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("the example of @aw/cli runs in a shell", () => {
  const folder = mkdtempSync(join(tmpdir(), "aw-readme-"));
  try {
    const main = join(packages, "cli/src/main.ts");
    const aw = `#!/bin/sh\nexec "${process.execPath}" --conditions=@aw/source "${main}" "$@"\n`;
    mkdirSync(join(folder, "bin"));
    writeFileSync(join(folder, "bin/aw"), aw, { mode: 0o755 });
    const script = exampleOf("cli", "sh");
    const output = execFileSync("bash", ["-ec", script], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, PATH: `${join(folder, "bin")}:${process.env["PATH"]}` },
      stdio: "pipe",
    });
    expect(output).toBe("1\n");
    expect(readdirSync(folder)).toEqual(["app.log", "app.log.gz", "app.log.zst", "bin"]);
    execFileSync("zstd", ["--test", "--quiet", join(folder, "app.log.zst")]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe("`await using` in plain JavaScript", () => {
  const nodes = [
    { name: "this Node", path: process.execPath, parses: true },
    { name: "Node 22", path: binaries.node22, parses: false },
    { name: "Node 26", path: binaries.node26, parses: true },
  ].filter(({ path }) => path !== "");

  it.each(nodes)("is what $name parses: $parses", ({ path, parses }) => {
    const args = ["--input-type=module", "--eval", "await using nothing = null;"];
    const { status, stderr } = spawnSync(path, args, { encoding: "utf8" });
    expect([status === 0, stderr.includes("SyntaxError")]).toEqual([parses, !parses]);
  });

  const advised = libraries.filter((name) => readmeOf(name).includes("await using"));
  it.each(advised)("needs Node 24, says the README of @aw/%s", (name) => {
    expect(readmeOf(name)).toContain("`await using` in plain JavaScript needs Node 24");
  });
});
