import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { ExampleProject, promisedLines, type Example } from "@aw/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const sources = join(root, "packages/core/src");

/** The examples in the docstrings of a file that are whole programs: those with an import. */
function examplesOf(path: string): Example[] {
  const text = readFileSync(join(sources, path), "utf8");
  return [...text.matchAll(/^ *\* ```ts\n([^]*?)^ *\* ```/gm)]
    .map(([, block = ""]) => block.replaceAll(/^ *\* ?/gm, ""))
    .filter((code) => code.includes(' from "@aw/core'))
    .map((code, index) => ({ name: `${path.replaceAll(/\W/g, "-")}-${index}`, code }));
}

const paths = globSync("**/*.ts", { cwd: sources }).toSorted();
const examples = paths.flatMap(examplesOf);

describe("the examples in the docstrings of core", () => {
  let project: ExampleProject;
  beforeAll(() => {
    project = new ExampleProject(root, join(root, "tests/node_modules"), examples);
  });
  afterAll(() => project[Symbol.dispose]());

  it("compile", () => {
    expect(project.compile()).toBe("");
  });

  it("run, and print what they say", () => {
    const printed = project.run(examples.map(({ name }) => name));
    const said = examples.map(({ name, code }) => [name, promisedLines(code)]);
    expect([...printed]).toEqual(said);
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
