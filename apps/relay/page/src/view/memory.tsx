import type { JSX } from "preact";
import { bytes } from "../format.ts";
import type { MemoryPoint } from "../live/live.ts";
import { Chart } from "./chart.tsx";

/** Of the relay: flat, however slow the receiver is. */
export function Memory({
  points,
  theme,
}: {
  points: readonly MemoryPoint[];
  theme: string;
}): JSX.Element {
  const rss = points.map(({ process }) => process.rssBytes);
  const buffers = points.map(({ process }) => process.externalBytes);
  const now = rss.at(-1) ?? 0;
  const grown = now - (rss[0] ?? now);
  return (
    <section class="panel" aria-labelledby="memory">
      <h2 id="memory">The relay's memory</h2>
      <p class="muted">
        Whoever waits holds no more than its small buffers, so a slow receiver costs time and not
        memory. Within the last minute it has {grown < 0 ? "shrunk" : "grown"} by{" "}
        {bytes(Math.abs(grown))}.
      </p>
      <Chart
        title="Memory"
        times={points.map(({ time }) => time)}
        series={[
          { label: "whole process", color: "--accent", values: rss, now: bytes(now) },
          {
            label: "buffers",
            color: "--flow-out",
            values: buffers,
            now: bytes(buffers.at(-1) ?? 0),
          },
        ]}
        format={bytes}
        height={150}
        theme={theme}
      />
    </section>
  );
}
