import { globSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Tests that start programs, where no mutant is, or take seconds each time. */
const SLOW = [
  "append",
  "bundle",
  "chaos",
  "exit-limits",
  "flush-sync",
  "leaks",
  "log-schedules",
  "long-stream",
  "pino",
  "referees",
  "runtimes",
  "standard",
];

/**
 * Tests of a package that stand in another one. The kit depends on core: what keeps the contract in core is under
 * it there. Only where `--tests` names none.
 */
const ELSEWHERE: Record<string, string[]> = {
  core: ["packages/conformance/test/{core,adapters,readers,reading-layers,stacks}.test.ts"],
};

const ALL = "**/*";

const name = process.env["AW_MUTATION"] ?? "core";
const tests = process.env["AW_MUTATION_TESTS"] ?? ALL;
const elsewhere = tests === ALL ? (ELSEWHERE[name] ?? []) : [];
const conditions = ["@aw/source", "node", "import", "default"];

/** The first failure ends the run of a mutant: what is quick goes first, not last, and a package's own tests before. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- it is not an array's
    const slowFirst = await super.sort(files);
    const quickFirst = slowFirst.toReversed();
    const isOwn = ({ moduleId }: TestSpecification): boolean =>
      moduleId.includes(`/packages/${name}/test/`);
    return [...quickFirst.filter(isOwn), ...quickFirst.filter((file) => !isOwn(file))];
  }
}

/**
 * One package's tests, on the sources in the folder where Stryker runs them. The names of our packages
 * have to lead there: the links in `node_modules` lead to the sources that are not mutated.
 */
export default defineConfig({
  resolve: { conditions, alias: globSync("packages/*/package.json").flatMap(aliases) },
  ssr: { resolve: { conditions } },
  test: {
    include: [`packages/${name}/test/${tests}.test.ts`, ...elsewhere],
    exclude: [
      "**/node_modules/**",
      `packages/${name}/test/browser/**`,
      ...SLOW.map((test) => `packages/${name}/test/**/${test}.test.ts`),
    ],
    sequence: { sequencer: QuickFirst },
    // Tests leave nothing behind: without a thread for each file a mutant takes half the time. Those of file replace
    // modules.
    isolate: name === "file",
    // Each mutant that makes a test hang costs this much.
    testTimeout: Number(process.env["AW_MUTATION_TEST_MS"] ?? 15_000),
  },
});

interface Alias {
  find: RegExp;
  replacement: string;
}

/** Each export of a package, by its source. */
function aliases(manifest: string): Alias[] {
  const folder = resolve(dirname(manifest));
  const { name: id, exports = {} } = JSON.parse(readFileSync(manifest, "utf8")) as {
    name: string;
    exports?: Record<string, { "@aw/source"?: Source }>;
  };
  return Object.entries(exports).flatMap(([path, { "@aw/source": source }]) =>
    source === undefined
      ? []
      : [
          {
            find: new RegExp(`^${id}${path.slice(1)}$`),
            replacement: join(folder, typeof source === "string" ? source : source.default),
          },
        ],
  );
}

type Source = string | { default: string };
