import type { JSX } from "preact";
import { duration, rate, ratio } from "../format.ts";
import type { Point } from "../live/track.ts";
import { Chart, type Series } from "./chart.tsx";
import type { Flow } from "./flow.ts";

/** The colors of waiting, from the destination back to the source. */
const WAITING_COLORS = ["--wait-1", "--wait-2", "--wait-3", "--wait-4", "--wait-5"];

/** The last minute of a flow. */
export function FlowCharts({ flow, theme }: { flow: Flow; theme: string }): JSX.Element {
  const times = flow.track.points.map(({ time }) => time);
  return (
    <div class="charts">
      <Chart title="Rate" times={times} series={rateSeries(flow)} format={rate} theme={theme} />
      <Chart
        title="Ratio"
        times={times}
        series={[ratioSeries(flow)]}
        format={ratio}
        atLeast={2}
        theme={theme}
      />
      <Chart
        title="Waited so far"
        times={times}
        series={waitSeries(flow)}
        format={(seconds) => duration(seconds * 1000)}
        theme={theme}
      />
    </div>
  );
}

function rateSeries({ track: { points, latest }, decodes }: Flow): Series[] {
  const first = decodes ? "on the wire" : "plain";
  const last = decodes ? "plain" : "on the wire";
  const series = (label: string, color: string, of: (point: Point) => number): Series => ({
    label,
    color,
    values: points.map(of),
    now: rate(latest === undefined ? 0 : of(latest)),
  });
  return [
    series(first, "--flow-in", ({ rateIn }) => rateIn),
    series(last, "--flow-out", ({ rateOut }) => rateOut),
  ];
}

/** Plain bytes for each byte on the wire. */
function ratioSeries({ track: { points, latest }, decodes }: Flow): Series {
  const of = ({ growth }: Point): number | null =>
    growth === null || growth === 0 ? null : decodes ? growth : 1 / growth;
  const now = latest === undefined ? null : of(latest);
  return {
    label: "plain to wire",
    color: "--accent",
    values: points.map(of),
    now: now === null ? "none yet" : ratio(now),
  };
}

function waitSeries({ track: { points, latest } }: Flow): Series[] {
  const layers = latest?.layers ?? [];
  return layers
    .map(({ name, waitedMs }, index) => ({
      label: `for ${name.replace(/[ (].*$/, "")}`,
      color: WAITING_COLORS[layers.length - 1 - index] ?? "--wait-5",
      values: points.map((point) => (point.layers[index]?.waitedMs ?? 0) / 1000),
      now: duration(waitedMs),
    }))
    .toReversed();
}
