import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { goals, judge } from "../src/goals.ts";
import { readReport, type Report } from "../src/report.ts";
import { makePage } from "../src/page/page.ts";
import { SECTIONS } from "../src/page/sections.ts";
import { WHY_MISSED } from "../src/page/why-missed.ts";
import { knownSubjects } from "./known.ts";

const known = await knownSubjects();

/** Every case and every subject, each figure the same. */
const report: Report = {
  machine: "a machine",
  node: "v24.0.0",
  versions: { node: "24.0.0" },
  runs: 7,
  results: [...known].flatMap(([name, subjects]) =>
    [...subjects].map((subject) => {
      const unit = name.endsWith("heap") ? ("B" as const) : ("MB/s" as const);
      return { case: name, subject, unit, median: 1234, min: 1000, max: 2000, ratio: 1 };
    }),
  ),
  missing: [{ case: "tcp-64B", subject: "tokio: BufWriter", why: "needs cargo" }],
};

describe("the page", async () => {
  const { markdown, charts } = await makePage(report);

  it("has every section, and every case in one of them", () => {
    for (const { title } of SECTIONS) expect(markdown).toContain(`## ${title}`);
    const shown = SECTIONS.flatMap(({ cases = [] }) => cases);
    const bySize = SECTIONS.flatMap(({ bySize: workload }) => workload ?? []);
    const left = [...known.keys()].filter(
      (name) =>
        !shown.includes(name) && !bySize.some((workload) => name.startsWith(`${workload}-`)),
    );
    expect(left).toEqual([]);
    expect(shown.filter((name) => !known.has(name))).toEqual([]);
  });

  it("shows its charts, which are SVG", () => {
    const shown = [...markdown.matchAll(/\(performance\/(.*?)\)/g)].map(([, name]) => name);
    expect(shown).toEqual([...charts.keys()]);
    for (const svg of charts.values()) expect(svg).toMatch(/^<svg .*<\/svg>\n$/s);
  });

  it("says what was not measured", () => {
    expect(markdown).toContain("- `tokio: BufWriter`: needs cargo");
  });
});

it("explains each goal that the published figures miss", () => {
  const published = readReport(join(import.meta.dirname, "../../docs/performance/results.json"));
  const silent = judge(published.results).filter(
    ({ goal, met }) => !met && !(goal.text in WHY_MISSED),
  );
  expect(silent.map(({ goal }) => goal.text)).toEqual([]);
  const texts = new Set(goals.map(({ text }) => text));
  expect(Object.keys(WHY_MISSED).filter((text) => !texts.has(text))).toEqual([]);
});
