import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { CHROMIUM } from "./packages/testing/src/chromium.ts";

const roots = [
  ...readdirSync("packages").map((name) => ({ name, root: `packages/${name}` })),
  ...readdirSync("apps").map((name) => ({ name, root: `apps/${name}` })),
  { name: "tests", root: "tests" },
  { name: "benchmarks", root: "benchmarks" },
  { name: "docs", root: "docs" },
];

export default defineConfig({
  test: {
    // Vitest leaves one core free otherwise: on two, half of the machine.
    maxWorkers: availableParallelism(),
    // `pnpm coverage`: of core by its own tests. What it falls below has lost a test.
    coverage: {
      include: ["packages/core/src/**"],
      thresholds: { lines: 95, branches: 90 },
    },
    projects: [
      ...roots.map(({ name, root }) => nodeProject(name, root)),
      ...roots
        .filter(({ root }) => existsSync(`${root}/test/browser`))
        .map(({ name, root }) => browserProject(name, root)),
    ],
  },
});

/** Tests run straight from the sources: no build in between. */
function nodeProject(name: string, root: string): TestProjectInlineConfiguration {
  const conditions = ["@aw/source", "node", "import", "default"];
  const setup = `${root}/test/global-setup.ts`;
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      name,
      include: [root === "tests" ? "tests/**/*.test.ts" : `${root}/test/**/*.test.ts`],
      // Vitest's own excludes are dropped by any of ours. `test/browser` is a project of its own.
      exclude: ["**/node_modules/**", "**/dist/**", `${root}/test/browser/**`],
      globalSetup: existsSync(setup) ? [setup] : [],
      // Against a hang. Nothing is timed: a slow machine only takes longer.
      testTimeout: 120_000,
      hookTimeout: 120_000,
    },
  };
}

/** `test/browser` of a package runs in a real Chromium, on the package's `browser` condition. */
function browserProject(name: string, root: string): TestProjectInlineConfiguration {
  const setup = `${root}/test/browser/global-setup.ts`;
  return {
    resolve: { conditions: ["@aw/source", "browser", "import", "default"] },
    test: {
      name: `${name}-browser`,
      include: [`${root}/test/browser/*.test.ts`],
      // Servers that the pages talk to live in the process of the runner.
      globalSetup: existsSync(setup) ? [setup] : [],
      testTimeout: 60_000,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({
          launchOptions: CHROMIUM,
        }),
        instances: [{ browser: "chromium" }],
      },
    },
  };
}
