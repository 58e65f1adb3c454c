import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("registers the cases with node:test", { timeout: 60_000 }, () => {
  const file = fileURLToPath(new URL("example/memory.node-test.ts", import.meta.url));
  const args = ["--conditions=@aw/source", "--test", "--test-reporter=tap", file];
  // A test runner inside a test runner reports to its parent unless this is unset.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: "utf8", env });
  expect(stdout).toMatch(/^# pass [1-9]\d+$/m);
  expect(stdout).toMatch(/^# fail 0$/m);
  expect(status).toBe(0);
});
