import { readFileSync } from "node:fs";
import { join } from "node:path";
import { codeBlocks, ExampleProject, promisedLines, type CodeBlock } from "@aw/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DOCS, includedBy, pages, ROOT } from "../tools/pages.ts";

interface Block extends CodeBlock {
  readonly name: string;
  readonly path: string;
}

/** The pages, the README of the repository, and the texts that pages include: READMEs, the architecture. */
const texts = new Map<string, string>([
  ["README.md", readFileSync(join(ROOT, "README.md"), "utf8")] as const,
  ...pages().flatMap((page) => [
    [page.path, page.markdown] as const,
    ...includedBy(page)
      .filter((path) => path.endsWith(".md"))
      .map((path) => [path, readFileSync(join(ROOT, path), "utf8")] as const),
  ]),
]);

/** Every program on the site. A block that is marked `continue` belongs to the one before it. */
const blocks = [...texts].flatMap(([path, markdown]) => {
  const found: Block[] = [];
  for (const block of codeBlocks(markdown)) {
    if (!["ts", "js"].includes(block.language)) continue;
    const before = found.at(-1);
    if (block.marks.includes("continue") && before !== undefined) {
      found[found.length - 1] = { ...before, code: `${before.code}\n${block.code}` };
    } else {
      const name = fileOf(block) ?? `${path.replaceAll(/\W+/g, "-")}-${block.line}`;
      found.push({ ...block, name, path, code: block.needs + block.code });
    }
  }
  return found;
});

/** Blocks that import one another are named: `[array-writer.ts]`. */
function fileOf({ marks }: CodeBlock): string | undefined {
  return marks.map((mark) => /^\[(.*)\.ts\]$/.exec(mark)?.[1]).find((name) => name !== undefined);
}

const programs = blocks.filter(({ marks }) => !marks.includes("no-run"));

/** Pages say all that their programs print. READMEs of packages do not. */
function isPage(path: string): boolean {
  return path.startsWith("docs/") || path === "README.md";
}

describe("the code of the site", () => {
  let project: ExampleProject;
  beforeAll(() => {
    project = new ExampleProject(ROOT, join(DOCS, "node_modules"), blocks);
  });
  afterAll(() => project[Symbol.dispose]());

  it("compiles", () => {
    expect(project.compile()).toBe("");
  });

  it("of pages runs, and prints what it says, no more and no less", () => {
    const own = programs.filter(({ path }) => isPage(path));
    const printed = project.run(own.map(({ name }) => name));
    const said = own.map(({ name, code }) => [name, promisedLines(code)]);
    expect([...printed]).toEqual(said);
  });

  it("of READMEs runs", () => {
    const included = programs.filter(({ path }) => !isPage(path));
    const names = included.map(({ name }) => name);
    expect([...project.run(names).keys()]).toEqual(names);
  });
});

it("most of it runs", () => {
  expect(programs.length / blocks.length).toBeGreaterThan(0.8);
});
