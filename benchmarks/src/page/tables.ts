import type { Result } from "../results.ts";
import { formatNumber } from "../print.ts";

/** Every subject of one case, as a table of Markdown. */
export function caseTable(results: readonly Result[]): string {
  const rows = results.map(({ subject, median, min, max, ratio }) => [
    subject,
    formatNumber(median),
    `${formatNumber(min)} to ${formatNumber(max)}`,
    ratio === null ? "" : formatNumber(ratio),
  ]);
  return table([["", results[0]?.unit ?? "", "min to max", "ours by it"], ...rows]);
}

/** The subjects of several cases that differ in size, one column for each: the median and the ratio. */
export function sizeTable(results: readonly Result[], cases: readonly string[]): string {
  const rows = Map.groupBy(results, ({ subject }) => subject);
  const unit = results[0]?.unit ?? "";
  const head = [unit, ...cases.map((name) => name.slice(name.lastIndexOf("-") + 1))];
  const body = [...rows].map(([subject, own]) => [
    subject,
    ...cases.map((name) => cell(own.find((result) => result.case === name))),
  ]);
  return table([head, ...body]);
}

function cell(result: Result | undefined): string {
  if (result === undefined) return "";
  const times = result.ratio === null ? "" : ` (${formatNumber(result.ratio)})`;
  return formatNumber(result.median) + times;
}

/** The first row is the head, the first column the names. */
export function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows.map((cells) => `| ${cells.map(escape).join(" | ")} |`);
  const columns = rows[0]?.length ?? 0;
  const rule = `|${["---", ...Array.from({ length: columns - 1 }, () => "---:")].join("|")}|`;
  return [head, rule, ...body].join("\n");
}

function escape(text: string): string {
  return text.replaceAll("|", "\\|");
}
