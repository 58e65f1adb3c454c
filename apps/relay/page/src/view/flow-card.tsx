import type { JSX } from "preact";
import type { Outcome } from "../../../src/live/snapshot.ts";
import { bytes, duration, rate, withoutMeters } from "../format.ts";
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

function Ended({ flow: { name, about, outcome } }: { flow: Flow }): JSX.Element {
  return (
    <p class="flow ended muted">
      <b>{name}</b> was {about}
      {endOf(outcome)}
    </p>
  );
}

/** How it ended; of what the demo sends the relay knows nothing but that it is over. */
function endOf(outcome: Outcome | undefined): string {
  if (outcome === undefined) return ".";
  return outcome.outcome === "stored"
    ? `, and stored: ${bytes(outcome.bytes)} in ${duration(outcome.durationMs)}.`
    : `, and refused. Nothing of it was kept: ${withoutMeters(outcome.message)}`;
}
