import { judge } from "../goals.ts";
import { formatNumber } from "../print.ts";
import type { Report } from "../report.ts";
import { barChart, lineChart } from "./chart.ts";
import { SECTIONS, type Section } from "./sections.ts";
import { caseTable, sizeTable, table } from "./tables.ts";
import { WHY_MISSED } from "./why-missed.ts";

export interface Page {
  readonly markdown: string;
  /** The text of each chart, by file name. */
  readonly charts: ReadonlyMap<string, string>;
}

/** The page that shows a report; it refers to its charts in a folder `performance` beside it. */
export async function makePage(report: Report): Promise<Page> {
  const charts = new Map<string, string>();
  const parts = [intro(report)];
  for (const section of SECTIONS) parts.push(...(await sectionOf(section, report, charts)));
  parts.push(goalsOf(report), missingOf(report), versionsOf(report));
  return { markdown: `${parts.filter((part) => part !== "").join("\n\n")}\n`, charts };
}

function intro({ machine, node, runs }: Report): string {
  return `<!-- Made by \`pnpm bench:page\`: change the program, not this file. -->

# Performance

Medians of ${runs} runs, in which all subjects took turns, each in a process of its own that had warmed up; whoever
received checked that every byte came. Ours is \`aw\`; in brackets, and under "ours by it", is the first of ours
against each: above 1, ours is better.

Measured on ${machine}; Node ${node.replace("v", "")}, and \`stream-iter\` on Node 26. \`node\` is the streams of Node,
\`web\` the web's standards as Node has them. \`by-hand\`, \`c\` and \`tokio\` are the limits: two buffers over Node's public API,
written for one destination with no contract and no layers; plain system calls; and the same design in Rust. Figures of one machine: compare what stands in one table. To measure yours:

\`\`\`sh
pnpm build
pnpm bench --json docs/performance/results.json   # or \`pnpm bench tcp\`, which prints those with "tcp" in their name
pnpm bench:page                                   # makes this page of it
\`\`\``;
}

async function sectionOf(
  { title, text, bySize, cases = [], bars }: Section,
  { results }: Report,
  charts: Map<string, string>,
): Promise<string[]> {
  const parts: string[] = [];
  const chart = async (name: string, alt: string, svg: Promise<string>): Promise<void> => {
    charts.set(`${name}.svg`, await svg);
    parts.push(`![${alt}](performance/${name}.svg)`);
  };
  if (bySize !== undefined) {
    const own = results.filter(({ case: name, unit }) => isSizeOf(bySize, name) && unit === "MB/s");
    const names = [...new Set(own.map((result) => result.case))];
    if (own.length > 0) {
      const sizes = names.map((name) => name.slice(bySize.length + 1));
      await chart(bySize, `${title} by the size of a write`, lineChart(own, sizes));
      parts.push(sizeTable(own, names));
    }
  }
  for (const name of cases) {
    const own = results.filter((result) => result.case === name);
    if (own.length === 0) continue;
    if (name === bars) await chart(name, name, barChart(own));
    parts.push(`\`${name}\``, caseTable(own));
  }
  return parts.length === 0 ? [] : [`## ${title}`, text, ...parts];
}

function isSizeOf(workload: string, name: string): boolean {
  return (
    name.startsWith(`${workload}-`) && /^\d+(B|KiB|MiB)$/.test(name.slice(workload.length + 1))
  );
}

function goalsOf({ results }: Report): string {
  const judged = judge(results);
  const rows = judged.map(({ goal: { text, is, limit }, value, met, byHand }) => [
    text,
    `${is} ${limit}`,
    formatNumber(value),
    byHand === undefined ? "" : formatNumber(byHand),
    met ? "met" : "**missed**",
  ]);
  if (rows.length === 0) return "";
  const reasons = Object.entries(WHY_MISSED)
    .filter(([text]) => judged.some(({ goal, met }) => goal.text === text && !met))
    .map(([text, why]) => `- **${text}**: ${why}`);
  return [
    "## Goals",
    'What the figures were to show; without a unit, ours by the other. "By hand" is what `by-hand` in its place gives.',
    table([["", "wanted", "is", "by hand", ""], ...rows]),
    ...(reasons.length === 0 ? [] : ["What stands in the way:", reasons.join("\n")]),
  ].join("\n\n");
}

function missingOf({ missing }: Report): string {
  if (missing.length === 0) return "";
  const reasons = Map.groupBy(missing, ({ why }) => why);
  const lines = [...reasons].map(([why, all]) => {
    const names = [...new Set(all.map(({ subject }) => `\`${subject}\``))];
    return `- ${names.join(", ")}: ${why}`;
  });
  return `## Not measured\n\n${lines.join("\n")}`;
}

function versionsOf({ versions }: Report): string {
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `## Versions\n\n${names.join(", ")}.`;
}
