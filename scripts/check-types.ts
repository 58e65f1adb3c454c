import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The oldest TypeScript that is promised, the last one in JavaScript, and that of this repository. */
const COMPILERS = ["typescript-5.6", "typescript-5.9", "typescript"];

/** The oldest `lib` that is promised, and what a program of each kind has beside it. */
const CONSUMERS = {
  browser: {
    lib: ["es2022", "dom"],
    types: [],
    module: "esnext",
    moduleResolution: "bundler",
    customConditions: ["browser"],
  },
  node: { lib: ["es2022"], types: ["node"], module: "nodenext" },
};

/** What the types of the packages may need beside themselves: for the manifest of `project`. */
export const TYPES_OF_NODE: string = `^${versionOf("@types/node")}`;

/**
 * Compiles the programs of `scripts/consumers` in a project that has the packed packages, as strangers
 * do whose compiler and `lib` are older than ours, and who check the types of libraries, too.
 */
export function checkTypes(project: string): void {
  for (const [name, options] of Object.entries(CONSUMERS)) {
    cpSync(`scripts/consumers/${name}.ts`, join(project, `${name}.ts`));
    const config = join(project, `tsconfig.${name}.json`);
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      target: "es2022",
      noEmit: true,
      ...options,
    };
    writeFileSync(config, JSON.stringify({ compilerOptions, files: [`${name}.ts`] }));
    for (const compiler of COMPILERS) {
      const files = compile(compiler, config);
      // Types that come along by chance would hide that others lack them.
      if (name === "browser" && files.includes("/@types/node/")) {
        throw new Error("the types of the browser builds load @types/node");
      }
    }
  }
}

/** Returns which files it read. */
function compile(compiler: string, config: string): string {
  const tsc = resolve("node_modules", compiler, "bin/tsc");
  const { status, stdout } = spawnSync(tsc, ["-p", config, "--listFiles"], { encoding: "utf8" });
  if (status === 0) return stdout;
  const faults = stdout.split("\n").filter((line) => line.includes("error TS"));
  throw new Error(`${compiler} ${versionOf(compiler)} -p ${config}\n${faults.join("\n")}`);
}

function versionOf(name: string): string {
  const manifest = readFileSync(join("node_modules", name, "package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
