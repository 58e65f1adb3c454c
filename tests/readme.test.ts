import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

const packages = join(import.meta.dirname, "../packages");
const readmes = readdirSync(packages)
  .map((name) => join(packages, name, "README.md"))
  .filter((path) => existsSync(path));

/** The first TypeScript block: the example that people copy. */
function example(path: string): string {
  const block = /```ts\n([\s\S]*?)```/.exec(readFileSync(path, "utf8"));
  return block?.[1] ?? "throw new Error('no example')";
}

it.each(readmes)("the example of %s runs", (path) => {
  const folder = mkdtempSync(join(tmpdir(), "aw-readme-"));
  try {
    const args = ["--conditions=@aw/source", "--input-type=module-typescript", "--eval"];
    // Imports resolve from here; files that the example writes go to a folder of its own.
    const code = `${example(path)}\n`.replaceAll('"report.csv"', JSON.stringify(join(folder, "f")));
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
