import { join } from "node:path";
import { codeBlocks, ExampleProject, promisedLines } from "@aw/testing";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../../..");
const modules = join(root, "packages/testing/node_modules");

const PAGE = `# A page

Text with \`code\`.

\`\`\`ts
const one = 1;
\`\`\`

<!-- with:
const two = 2;
-->

\`\`\`ts no-run [two.ts]
console.log(two); // 2
\`\`\`

- In a list:

  \`\`\`\`sh
  echo "\`\`\`"
    indented
  \`\`\`\`
`;

it("finds the blocks of a page, with their marks, lines and what they need", () => {
  expect(codeBlocks(PAGE)).toEqual([
    { line: 6, language: "ts", marks: [], code: "const one = 1;\n", needs: "" },
    {
      line: 14,
      language: "ts",
      marks: ["no-run", "[two.ts]"],
      code: "console.log(two); // 2\n",
      needs: "const two = 2;\n",
    },
    { line: 20, language: "sh", marks: [], code: 'echo "```"\n  indented\n', needs: "" },
  ]);
});

it("knows what an example says that it prints", () => {
  expect(promisedLines("console.log(1); // 1\nf(); // 2\nconsole.log(a, b); // a b\n")).toEqual([
    "1",
    "a b",
  ]);
});

it("runs examples by name, each in an empty folder, and hears what they print", () => {
  const write = 'import { readdirSync, writeFileSync } from "node:fs";\n';
  const code = `${write}console.log(readdirSync("."));\nwriteFileSync("file", "");\n`;
  using project = new ExampleProject(root, modules, [
    { name: "first", code },
    { name: "second", code },
    { name: "broken", code: "throw new Error('no');\n" },
  ]);
  expect([...project.run(["first", "second"])]).toEqual([
    ["first", ["[]"]],
    ["second", ["[]"]],
  ]);
  expect(() => project.run(["first", "broken"])).toThrow(/the example broken failed/);
});

it("says what does not compile", () => {
  using project = new ExampleProject(root, modules, [
    { name: "wrong", code: "const text: string = 1;\n" },
  ]);
  expect(project.compile()).toMatch(/wrong\.ts\(1,7\): error TS2322/);
});
