import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Exception } from "./exceptions.ts";

/** The page of the documentation that has the table. */
export const PAGE: string = join(import.meta.dirname, "../../docs/reference/runtimes.md");

const BEGIN = "<!-- Written by `pnpm test:runtimes --write`, from here -->";
const END = "<!-- to here -->";

/** What the command wrote into the page. */
export function writtenInPage(): string {
  const page = readFileSync(PAGE, "utf8");
  return page.slice(page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)).trim();
}

export function writeIntoPage(text: string): void {
  const page = readFileSync(PAGE, "utf8");
  const [before = "", rest = ""] = page.split(BEGIN);
  const after = rest.slice(rest.indexOf(END));
  writeFileSync(PAGE, `${before}${BEGIN}\n\n${text}\n\n${after}`);
}

export function exceptionLines(exceptions: readonly Exception[]): string[] {
  return exceptions.map(({ runtime, package: name, count, reason, reference }) => {
    const cases = count === 1 ? "one case" : `${count} cases`;
    return `- ${runtime}, \`@aw/${name}\`, ${cases}: ${reason} ([reference](${reference})).`;
  });
}
