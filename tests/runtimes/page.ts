import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Exception } from "./exceptions.ts";

/** The page of the documentation that has the table. */
const PAGE: string = join(import.meta.dirname, "../../docs/reference/runtimes.md");

const BEGIN = "<!-- Written by `pnpm test:runtimes --write`, from here -->";
const END = "<!-- to here -->";

/** What the command wrote into the page. */
export function writtenInPage(): string {
  const page = readFileSync(PAGE, "utf8");
  return page.slice(page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)).trim();
}

/** A table of Markdown: what stands in a row, by its name and the name of the column. */
export class Table {
  readonly #columns: readonly string[];
  readonly #rows: readonly string[];
  readonly #labels = new Map<string, string>();
  readonly #cells = new Map<string, string>();

  /** @param rows their names; what stands in the first column begins with the name */
  constructor(columns: readonly string[], rows: readonly string[]) {
    this.#columns = columns;
    this.#rows = rows;
  }

  /** Takes over what is there. */
  read(text: string): void {
    const [head = "", , ...lines] = text.split("\n").filter((line) => line.startsWith("|"));
    const columns = cellsOf(head);
    for (const line of lines) {
      const [label = "", ...cells] = cellsOf(line);
      const row = this.#rows.findLast((name) => label.startsWith(name));
      if (row === undefined) continue;
      cells.forEach((cell, index) => this.set(row, label, columns[index + 1] ?? "", cell));
    }
  }

  set(row: string, label: string, column: string, cell: string): void {
    this.#labels.set(row, label);
    this.#cells.set(`${row} ${column}`, cell);
  }

  toString(): string {
    const lines = [
      ["", ...this.#columns],
      ["---", ...this.#columns.map(() => "---")],
    ];
    for (const row of this.#rows) {
      const label = this.#labels.get(row);
      if (label === undefined) continue;
      lines.push([label, ...this.#columns.map((name) => this.#cells.get(`${row} ${name}`) ?? "")]);
    }
    return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  }
}

function cellsOf(line: string): string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** Replaces what the command wrote into the page. */
export function writeIntoPage(text: string): void {
  const page = readFileSync(PAGE, "utf8");
  const [before = "", after = ""] = page.split(BEGIN);
  writeFileSync(PAGE, `${before}${BEGIN}\n\n${text}\n\n${after.slice(after.indexOf(END))}`);
}

export function exceptionLines(exceptions: readonly Exception[]): string[] {
  return exceptions.map(({ runtime, package: name, count, reason, reference }) => {
    const cases = count === 1 ? "one case" : `${count} cases`;
    return `- ${runtime}, \`@aw/${name}\`, ${cases}: ${reason} ([reference](${reference})).`;
  });
}
