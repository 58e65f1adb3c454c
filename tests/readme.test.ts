import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { exampleOf } from "./readmes.ts";

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
