import { readdirSync } from "node:fs";
import { defineConfig } from "vitest/config";

/** Tests run straight from the sources: no build in between. */
const conditions = ["@aw/source", "node", "import", "default"];

const roots = [
  ...readdirSync("packages").map((name) => ({ name, root: `packages/${name}` })),
  ...readdirSync("apps").map((name) => ({ name, root: `apps/${name}` })),
  { name: "tests", root: "tests" },
  { name: "benchmarks", root: "benchmarks" },
];

export default defineConfig({
  test: {
    projects: roots.map(({ name, root }) => ({
      resolve: { conditions },
      ssr: { resolve: { conditions } },
      test: {
        name,
        // Precise, because excluding anything else would drop vitest's own excludes.
        include: [root === "tests" ? "tests/**/*.test.ts" : `${root}/test/**/*.test.ts`],
        testTimeout: 10_000,
      },
    })),
  },
});
