/** Checks the types of every package's sources, and then of every program and every folder of tests. */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { dirname } from "node:path";

const packages = globSync("packages/*/tsconfig.json").map((path) => dirname(path));
const programs = globSync([
  "{packages,apps}/*/test/tsconfig.json",
  "{apps/*,apps/*/page,tests,benchmarks,docs,scripts}/tsconfig.json",
]);

for (const args of [["-b", ...packages], ...programs.map((path) => ["-p", dirname(path)])]) {
  const { status, error } = spawnSync("tsc", args, { stdio: "inherit" });
  if (status === 0) continue;
  console.error(error ?? `tsc ${args.join(" ")} failed`);
  process.exitCode = 1;
}
