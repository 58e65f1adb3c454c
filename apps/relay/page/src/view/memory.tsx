import type { JSX } from "preact";
import type { TransferSample } from "../../../src/live/snapshot.ts";
import { bytes, plural } from "../format.ts";
import type { MemoryPoint } from "../live/live.ts";
import { Chart } from "./chart.tsx";

interface MemoryProps {
  readonly points: readonly MemoryPoint[];
  readonly transfers: readonly TransferSample[];
  readonly theme: string;
}

/** Of the relay: flat, however slow the receiver is. */
export function Memory({ points, transfers, theme }: MemoryProps): JSX.Element {
  const rss = points.map(({ process }) => process.rssBytes);
  const buffers = points.map(({ process }) => process.externalBytes);
  const layers = transfers.flatMap((transfer) => transfer.layers);
  const held = layers.reduce((sum, { heldBytes }) => sum + (heldBytes ?? 0), 0);
  return (
    <section class="panel" aria-labelledby="memory">
      <h2 id="memory">The relay's memory</h2>
      <p class="muted">
        Who waits holds what its small buffers hold, and no more: a slow receiver costs time, not
        memory. The process grows while it warms up, and then stays as it is.
      </p>
      <div>
        <p class="big-number" data-fact="held">
          {bytes(held)}
        </p>
        <p class="muted">
          {layers.length === 0
            ? "held by layers: nothing moves"
            : `held by ${plural(layers.length, "layer")}, all together`}
        </p>
      </div>
      <Chart
        title="Memory"
        times={points.map(({ time }) => time)}
        series={[
          { label: "whole process", color: "--accent", values: rss, now: bytes(rss.at(-1) ?? 0) },
          {
            label: "all buffers",
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
