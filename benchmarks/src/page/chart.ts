import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import type { Result } from "../results.ts";
import { moreIsBetter } from "../units.ts";

const OURS = "aw";

interface Datum {
  competitor: string;
  subject: string;
  size: string;
  median: number;
}

/** The best way of each competitor over the sizes, as SVG. */
export function lineChart(results: readonly Result[], sizes: readonly string[]): Promise<string> {
  return svg({
    width: 560,
    height: 320,
    data: { values: bestOfEach(results) },
    mark: { type: "line", point: true },
    encoding: {
      x: {
        field: "size",
        type: "ordinal",
        sort: [...sizes],
        title: "bytes a write",
        axis: { labelAngle: 0 },
      },
      y: { field: "median", type: "quantitative", scale: { type: "log" }, title: "MB/s" },
      color: { field: "competitor", type: "nominal", title: null, sort: order(results) },
      strokeWidth: {
        condition: { test: `datum.competitor === "${OURS}"`, value: 4 },
        value: 1.5,
      },
    },
  });
}

/** Every subject of a case as a bar, as SVG. */
export function barChart(results: readonly Result[]): Promise<string> {
  const unit = results[0]?.unit ?? "MB/s";
  const values = results
    .filter(({ median }) => median > 0)
    .map((each) => ({ ...each, competitor: competitorOf(each) }));
  return svg({
    width: 480,
    height: { step: 22 },
    data: { values },
    mark: { type: "bar", height: 14 },
    encoding: {
      y: { field: "subject", type: "nominal", sort: null, title: null, axis: { labelLimit: 260 } },
      x: {
        field: "median",
        type: "quantitative",
        title: `${unit}, ${moreIsBetter(unit) ? "more" : "less"} is better`,
      },
      color: {
        condition: { test: `datum.competitor === "${OURS}"`, value: "#d62728" },
        value: "#9aa5b1",
      },
    },
  });
}

function bestOfEach(results: readonly Result[]): Datum[] {
  const groups = Map.groupBy(results, (result) => `${result.case} ${competitorOf(result)}`);
  return [...groups.values()].map((group) => {
    const best = group.reduce((a, b) => (b.median > a.median ? b : a));
    return {
      competitor: competitorOf(best),
      subject: best.subject,
      size: best.case.slice(best.case.lastIndexOf("-") + 1),
      median: best.median,
    };
  });
}

function order(results: readonly Result[]): string[] {
  return [...new Set(results.map(competitorOf))];
}

function competitorOf({ subject }: Result): string {
  return subject.slice(0, subject.indexOf(":"));
}

async function svg(
  spec: Omit<Extract<TopLevelSpec, { mark: unknown }>, "$schema">,
): Promise<string> {
  const { spec: compiled } = compile({ background: "white", ...spec });
  const view = new View(parse(compiled), { renderer: "none" });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}
