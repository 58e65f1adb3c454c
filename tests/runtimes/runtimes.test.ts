import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "vitest";

/** The other Nodes of the support table, as far as there is a binary for this machine. */
const runtimes = ["node22-linux-x64", "node26-linux-x64"]
  .map((name) => ({
    name,
    path: join(import.meta.dirname, "../node_modules", name, "bin/node"),
  }))
  .filter(({ path }) => existsSync(path));

function run(runtime: string, script: string, ...flags: string[]): void {
  execFileSync(runtime, ["--conditions=@aw/source", ...flags, join(import.meta.dirname, script)], {
    stdio: "pipe",
  });
}

describe.each(runtimes)("$name", ({ name, path }) => {
  it("carries lines through a whole stack", () => {
    run(path, "stack.ts");
  });

  it.runIf(name.startsWith("node26"))("drives a writer with its own pipeTo", () => {
    run(path, "stream-iter.ts", "--experimental-stream-iter");
  });
});
