import { readFileSync } from "node:fs";
import { join } from "node:path";

const packages = join(import.meta.dirname, "../packages");

export function readmeOf(name: string): string {
  return readFileSync(join(packages, name, "README.md"), "utf8");
}

/** The first block of a language in the README of a package, but for its install line: what people copy. */
export function exampleOf(name: string, language: "ts" | "sh" = "ts"): string {
  const blocks = readmeOf(name)
    .split("```")
    .filter((_, index) => index % 2 === 1);
  const block = blocks.find(
    (text) => text.startsWith(`${language}\n`) && !text.includes("\nnpm install"),
  );
  if (block === undefined) throw new Error(`the README of @aw/${name} has no example`);
  return block.slice(language.length + 1);
}

/** The packages that the README of one tells people to install. */
export function installedBy(name: string): string[] {
  const line = /^npm install (?:--[\w-]+ )*(@aw\/.*)$/m.exec(readmeOf(name));
  if (line?.[1] === undefined) throw new Error(`the README of @aw/${name} has no install line`);
  return line[1].split(" ");
}
