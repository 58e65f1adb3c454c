import type { JSX } from "preact";
import { bytes, duration, rate } from "../format.ts";
import { Chain } from "./chain.tsx";
import { FlowCharts } from "./flow-charts.tsx";
import type { Flow } from "./flow.ts";

/** One flow: its numbers, its chains, its last minute. Of one that is over a line is enough. */
export function FlowCard({ flow, theme }: { flow: Flow; theme: string }): JSX.Element {
  const { name, about, lanes, track, underWayBytes, isOver } = flow;
  const heading = `flow-${flow.key}`;
  if (isOver) return <Ended flow={flow} />;
  const columns = Math.max(
    ...lanes.map(({ stations }, index) => stations.length + (index < lanes.length - 1 ? 1 : 0)),
  );
  return (
    <article class="flow" aria-labelledby={heading}>
      <header>
        <h3 id={heading}>{name}</h3>
        <p class="muted">{about}</p>
        <p class="big-number">{rate(track.latest?.rateOut ?? 0)}</p>
      </header>
      <div class="lanes" style={{ "--columns": columns }}>
        {lanes.map(({ label, stations }, index) => (
          <Chain
            key={label}
            label={label}
            stations={stations}
            underWayBytes={index < lanes.length - 1 ? underWayBytes : null}
          />
        ))}
      </div>
      <FlowCharts flow={flow} theme={theme} />
    </article>
  );
}

function Ended({ flow: { name, about, track } }: { flow: Flow }): JSX.Element {
  const { latest, points } = track;
  const ms = (latest?.time ?? 0) - (points[0]?.time ?? 0);
  return (
    <p class="flow ended muted">
      <b>{name}</b> was {about}: {bytes(latest?.layers.at(-1)?.bytesIn ?? 0)} in {duration(ms)}.
    </p>
  );
}
