import type { JSX } from "preact";
import type { Snapshot, Totals } from "../../../src/live/snapshot.ts";
import { bytes, plural, rate } from "../format.ts";
import type { Flow } from "./flow.ts";
import { reachesSource, waitingCount, whoWaits } from "./pressure.ts";

interface HeadlineProps {
  readonly snapshot: Snapshot;
  readonly flows: readonly Flow[];
}

/** What goes on now, in a sentence or two. */
export function Headline({ snapshot, flows }: HeadlineProps): JSX.Element {
  const open = flows.filter(({ isOver }) => !isOver);
  const count = snapshot.openTransfers + open.filter(({ isInRelay }) => !isInRelay).length;
  return (
    <section class="headline" aria-labelledby="headline">
      <div>
        <h2 id="headline">{sentence(count, open)}</h2>
        <Explanation open={open} isSlowed={snapshot.receiverBytesPerSecond !== null} />
      </div>
      <TotalsList totals={snapshot.totals} />
    </section>
  );
}

function sentence(count: number, open: readonly Flow[]): string {
  if (count === 0) return "Nothing moves now.";
  const total = open.reduce((sum, { track }) => sum + (track.latest?.rateOut ?? 0), 0);
  return `${plural(count, "transfer")} at ${rate(total)}.`;
}

/** Of the flow in which most of them wait. */
function Explanation({
  open,
  isSlowed,
}: {
  open: readonly Flow[];
  isSlowed: boolean;
}): JSX.Element {
  const [flow] = open.toSorted((a, b) => waitingCount(b) - waitingCount(a));
  if (flow === undefined) {
    return (
      <p class="muted">
        Send a file from here, or from another terminal, and look who waits for whom.
      </p>
    );
  }
  if (waitingCount(flow) === 0) {
    return <p class="muted">Nobody waits for long: what comes in is written at once.</p>;
  }
  return (
    <p class="pressure">
      <b>{isSlowed ? "The receiver is slow." : "The slowest sets the pace."}</b>{" "}
      {whoWaits(flow).join(" ")}
      {reachesSource(flow) &&
        ` So the source is read no faster than ${isSlowed ? "the receiver writes" : "the slowest layer works"}.`}
    </p>
  );
}

function TotalsList({
  totals: { stored, refused, bytes: count },
}: {
  totals: Totals;
}): JSX.Element {
  return (
    <dl class="totals" aria-label="Since the start">
      <div>
        <dt>uploads stored</dt>
        <dd>{stored.toLocaleString("en")}</dd>
      </div>
      <div>
        <dt>bytes stored</dt>
        <dd>{bytes(count)}</dd>
      </div>
      <div>
        <dt>refused</dt>
        <dd>{refused.toLocaleString("en")}</dd>
      </div>
    </dl>
  );
}
