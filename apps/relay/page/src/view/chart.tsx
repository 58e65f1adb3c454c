import { useEffect, useRef } from "preact/hooks";
import type { JSX } from "preact";
import UPlot from "uplot";
import "uplot/dist/uPlot.min.css";

export interface Series {
  readonly label: string;
  /** The custom property that has its color: "--flow". */
  readonly color: string;
  /** A value for each time; null where there is none. */
  readonly values: readonly (number | null)[];
  /** The latest, for people. */
  readonly now: string;
}

interface ChartProps {
  readonly title: string;
  /** In milliseconds, the newest last. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  /** How far it looks back, in seconds. */
  readonly seconds?: number;
  /** The least that the axis goes up to. */
  readonly atLeast?: number;
  readonly height?: number;
  /** "light" or "dark": drawn again when it changes. */
  readonly theme: string;
}

/** The last minute of some values, moving. What it shows is said in words, too: a canvas says nothing. */
export function Chart(props: ChartProps): JSX.Element {
  const { title, times, series, seconds = 60, height = 118, theme } = props;
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const shape = series.map(({ label, color }) => `${label} ${color}`).join();

  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const made = new UPlot(optionsFor(element, latest, seconds, height), [[]], element);
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
    };
  }, [shape, seconds, height]);

  const now = times.at(-1) ?? 0;
  useEffect(() => {
    const ages = times.map((time) => (time - now) / 1000);
    plot.current?.setData([ages, ...series.map(({ values }) => [...values])]);
  }, [times, series, now, shape, theme]);

  const spoken = series.map(({ label, now: value }) => `${label} ${value}`).join(", ");
  return (
    <figure class="chart">
      <figcaption>
        <span class="chart-title">{title}</span>
        {series.map(({ label, color, now: value }) => (
          <span class="legend" key={label}>
            <i class="swatch" style={{ background: `var(${color})` }} aria-hidden="true" />
            {label} <b>{value}</b>
          </span>
        ))}
      </figcaption>
      <div
        ref={holder}
        role="img"
        aria-label={`${title}, the last ${seconds} seconds. Now: ${spoken}`}
      />
    </figure>
  );
}

function optionsFor(
  element: HTMLElement,
  latest: { current: ChartProps },
  seconds: number,
  height: number,
): UPlot.Options {
  const axis = {
    stroke: () => colorOf(element, "--muted"),
    grid: { stroke: () => colorOf(element, "--line"), width: 1 },
    ticks: { show: false },
    font: "11px system-ui, sans-serif",
  };
  return {
    width: element.clientWidth || 300,
    height,
    padding: [8, 14, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    select: { show: false, left: 0, top: 0, width: 0, height: 0 },
    scales: {
      x: { time: false, range: [-seconds, 0] },
      y: {
        range: (_plot, _min, max) => [0, Math.max(max * 1.1, latest.current.atLeast ?? 1)],
      },
    },
    axes: [
      {
        ...axis,
        size: 26,
        gap: 7,
        splits: () => [-seconds, -seconds / 2, 0],
        values: (_plot, splits) => splits.map((at) => (at === 0 ? "now" : `${-at} s`)),
      },
      {
        ...axis,
        size: 58,
        gap: 4,
        space: 28,
        values: (_plot, splits) =>
          splits.map((value) => (value === 0 ? "0" : latest.current.format(value))),
      },
    ],
    series: [
      {},
      ...latest.current.series.map(({ label, color }) => ({
        label,
        stroke: () => colorOf(element, color),
        width: 1.75,
        points: { show: false },
        spanGaps: true,
      })),
    ],
  };
}

/** A custom property as a color that a canvas knows. */
function colorOf(element: HTMLElement, property: string): string {
  const before = element.style.color;
  element.style.color = `var(${property})`;
  const { color } = getComputedStyle(element);
  element.style.color = before;
  return color;
}
