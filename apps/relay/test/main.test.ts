import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

function relay(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const main = join(import.meta.dirname, "../src/main.ts");
  return spawnSync(process.execPath, ["--conditions=@aw/source", main, ...args], {
    encoding: "utf8",
  });
}

describe("the command", () => {
  it("explains itself", () => {
    const { status, stdout } = relay("--help");
    expect(status).toBe(0);
    expect(stdout).toContain("--once");
  });

  it.each([["--bogus"], ["stray"]])("refuses %s", (...args) => {
    const { status, stderr } = relay(...args);
    expect(status).toBe(2);
    expect(stderr).toContain("--help");
  });

  it("ends after a verified table if it is not run by a terminal", () => {
    const { status, stdout, stderr } = relay();
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout.match(/│ yes/g)).toHaveLength(7);
  });
});
