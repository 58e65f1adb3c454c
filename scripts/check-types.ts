import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";

/** The oldest TypeScript that is promised, the last ones in JavaScript, and that of this repository. */
const COMPILERS = ["typescript-5.6", "typescript-5.9", "typescript-6", "typescript"];

interface Consumer {
  readonly program: string;
  readonly lib: readonly string[];
  readonly types: readonly string[];
  readonly module: string;
  readonly moduleResolution?: string;
  readonly customConditions?: readonly string[];
  /** Compilers that are too old for it. */
  readonly except?: readonly string[];
}

const PAGE = {
  program: "browser.ts",
  lib: ["es2022", "dom"],
  types: [],
  customConditions: ["browser"],
};
const WORKER = {
  ...PAGE,
  program: "worker.ts",
  lib: ["es2022", "webworker", "webworker.iterable"],
};
const SERVER = { program: "node.ts", lib: ["es2022"], types: ["node"] };
const BUNDLER = { module: "esnext", moduleResolution: "bundler" };

/** The oldest `lib` that is promised, and what a program of each kind has beside it. */
const CONSUMERS: Readonly<Record<string, Consumer>> = {
  "page, bundler": { ...PAGE, ...BUNDLER },
  "page, nodenext": { ...PAGE, module: "nodenext" },
  "worker, bundler": { ...WORKER, ...BUNDLER },
  "server, bundler": { ...SERVER, ...BUNDLER },
  "server, nodenext": { ...SERVER, module: "nodenext" },
  commonjs: {
    ...SERVER,
    program: "commonjs.cts",
    module: "nodenext",
    except: ["typescript-5.6"],
  },
};

/** What `npm test` checks: the oldest compiler and ours, each kind of program once. */
const QUICK: ReadonlySet<string> = new Set(["page, bundler", "server, nodenext", "commonjs"]);

/** What the types of the packages may need beside themselves: for the manifest of `project`. */
export const TYPES_OF_NODE: string = `^${versionOf("@types/node")}`;

/**
 * Compiles the programs of `scripts/consumers` in a project that has the packed packages, as strangers
 * do whose compiler and `lib` are older than ours, and who check the types of libraries, too.
 *
 * @param isFull whether by every compiler, in every way
 */
export function checkTypes(project: string, isFull: boolean): void {
  const compilers = isFull ? COMPILERS : [COMPILERS[0], COMPILERS.at(-1)];
  for (const [name, consumer] of Object.entries(CONSUMERS)) {
    if (!isFull && !QUICK.has(name)) continue;
    const { program, except = [], ...options } = consumer;
    cpSync(join("scripts/consumers", program), join(project, program));
    const config = join(project, `tsconfig.${basename(program)}.json`);
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      target: "es2022",
      noEmit: true,
      ...options,
    };
    writeFileSync(config, JSON.stringify({ compilerOptions, files: [program] }));
    for (const compiler of compilers as string[]) {
      if (except.includes(compiler)) continue;
      const files = compile(name, compiler, config);
      // Types that come along by chance would hide that others lack them.
      if (options.types.length === 0 && files.includes("/@types/node/")) {
        throw new Error(`${name}: the types of the browser builds load @types/node`);
      }
    }
  }
}

/** Returns which files it read. */
function compile(name: string, compiler: string, config: string): string {
  const tsc = resolve("node_modules", compiler, "bin/tsc");
  const { status, stdout } = spawnSync(tsc, ["-p", config, "--listFiles"], { encoding: "utf8" });
  if (status === 0) return stdout;
  const faults = stdout.split("\n").filter((line) => line.includes("error TS"));
  throw new Error(`${name}: ${compiler} ${versionOf(compiler)}\n${faults.join("\n")}`);
}

function versionOf(name: string): string {
  const manifest = readFileSync(join("node_modules", name, "package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
