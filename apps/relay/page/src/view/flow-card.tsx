import type { JSX } from "preact";
import { bytes, duration, rate, ratio } from "../format.ts";
import type { Point } from "../live/track.ts";
import { Chain } from "./chain.tsx";
import { Chart, type Series } from "./chart.tsx";
import type { Flow } from "./flow.ts";

/** The colors of waiting, from the destination back to the source. */
const WAITING_COLORS = ["--wait-1", "--wait-2", "--wait-3", "--wait-4", "--wait-5"];

/** One flow: its numbers, its chains, its last minute. */
export function FlowCard({ flow, theme }: { flow: Flow; theme: string }): JSX.Element {
  const { name, about, lanes, track, underWayBytes, isOver } = flow;
  const { points, latest } = track;
  const times = points.map(({ time }) => time);
  const heading = `flow-${flow.key}`;
  return (
    <article class="flow" data-over={isOver} aria-labelledby={heading}>
      <header>
        <h3 id={heading}>{name}</h3>
        <p class="muted">{isOver ? `done: was ${about}` : about}</p>
        <p class="big-number">{rate(isOver ? 0 : (latest?.rateOut ?? 0))}</p>
      </header>
      <div class="lanes">
        {lanes.map(({ label, stations }, index) => (
          <>
            {index > 0 && underWayBytes !== null && (
              <p class="network">
                <span aria-hidden="true">⇣</span> network: {bytes(underWayBytes)} under way
              </p>
            )}
            <Chain key={label} label={label} stations={stations} />
          </>
        ))}
      </div>
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
          title="Waited, in all"
          times={times}
          series={waitSeries(flow)}
          format={(seconds) => `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`}
          theme={theme}
        />
      </div>
    </article>
  );
}

function rateSeries({ track: { points, latest }, decodes }: Flow): Series[] {
  const first = decodes ? "from the wire" : "read";
  const last = decodes ? "decoded" : "on the wire";
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
    label: "plain : wire",
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
