import { execFileSync, spawnSync } from "node:child_process";
import {
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const sources = join(root, "packages/core/src");

interface Example {
  name: string;
  code: string;
}

/** The examples in the docstrings of a file that are whole programs: those with an import. */
function examplesOf(path: string): Example[] {
  const text = readFileSync(join(sources, path), "utf8");
  return [...text.matchAll(/^ *\* ```ts\n([^]*?)^ *\* ```/gm)]
    .map(([, block = ""]) => block.replaceAll(/^ *\* ?/gm, ""))
    .filter((code) => code.includes(' from "@aw/core'))
    .map((code, index) => ({ name: `${path.replaceAll(/\W/g, "-")}-${index}.ts`, code }));
}

const paths = globSync("**/*.ts", { cwd: sources }).toSorted();
const examples = paths.flatMap(examplesOf);

/** What an example says that it prints: the comments behind its console.log. */
function promised(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\)[;,] \/\/ (.*)$/gm)].map(
    ([, printed = ""]) => printed,
  );
}

/** Imports one example after the other, in one process, and prints what each printed. */
const RUNNER = `
  import { formatWithOptions } from "node:util";
  const printed = {};
  const log = console.log;
  for (const name of process.argv.slice(2)) {
    // A line that is printed in a loop may come more than once.
    const lines = new Set();
    console.log = (...args) => lines.add(formatWithOptions({ colors: false }, ...args));
    await import("./src/" + name);
    printed[name] = [...lines];
  }
  log(JSON.stringify(printed));
`;

describe("the examples in the docstrings of core", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "aw-examples-"));
    symlinkSync(join(root, "tests/node_modules"), join(folder, "node_modules"));
    mkdirSync(join(folder, "src"));
    for (const { name, code } of examples) writeFileSync(join(folder, "src", name), code);
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        extends: join(root, "tsconfig.test.json"),
        compilerOptions: {
          rootDir: "/",
          noUnusedLocals: false,
          typeRoots: [join(root, "node_modules/@types")],
        },
        include: ["src/*.ts"],
      }),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("compile", () => {
    const { stdout } = spawnSync("tsc", ["-p", folder], { encoding: "utf8" });
    expect(stdout).toBe("");
  });

  it("run, and print what they say", () => {
    writeFileSync(join(folder, "run.mjs"), RUNNER);
    const args = ["--conditions=@aw/source", "run.mjs", ...examples.map(({ name }) => name)];
    const output = execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    const said = examples.map(({ name, code }) => [name, promised(code)]);
    expect(Object.entries(JSON.parse(output) as object)).toEqual(said);
  });
});

it("each engine and each adapter has an example", () => {
  const folders = ["layer", "memory", "web"].map((name) => `${name}/*.ts`);
  const adapters = globSync(folders, { cwd: sources });
  const engines = ["completion-engine", "transform-engine", "pass-through"];
  const wanted = [...adapters, ...engines.map((name) => `engine/${name}.ts`)];
  expect(wanted.length).toBeGreaterThan(15);
  expect(
    wanted.filter((path) => examplesOf(path).length === 0).map((path) => basename(path)),
  ).toEqual([]);
});
