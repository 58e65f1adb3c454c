import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const recipes = readdirSync(join(root, "src")).map((file) => file.replace(/\.ts$/, ""));
const readme = readFileSync(join(root, "README.md"), "utf8");

it("lists every recipe, and no other", () => {
  const listed = [...readme.matchAll(/^\| \[`(.*?)`\]\(src\/\1\.ts\)/gm)].map(([, name]) => name);
  expect(new Set(listed)).toEqual(new Set(recipes));
});

it.each(recipes)("gives the command that %s gives for itself", (name) => {
  const source = readFileSync(join(root, `src/${name}.ts`), "utf8");
  const row = readme.split("\n").find((line) => line.includes(`(src/${name}.ts)`)) ?? "";
  const command = /\| `([^`]*)` \|$/.exec(row)?.[1]?.replaceAll(String.raw`\|`, "|") ?? "none";
  expect(source.startsWith("/**\n * ")).toBe(true);
  expect(source.slice(0, source.indexOf("*/"))).toContain(` *     ${command}`);
  expect(readdirSync(join(root, "test"))).toContain(
    name === "receive-logs" ? "ship-logs.test.ts" : `${name}.test.ts`,
  );
});
