import type { JSX } from "preact";
import type { Snapshot } from "../../../src/live/snapshot.ts";
import { bytes, plural, rate } from "../format.ts";
import type { Flow } from "./flow.ts";
import { whoWaits } from "./pressure.ts";

/** What goes on now, in a sentence or two. */
export function Headline({
  snapshot,
  flows,
}: {
  snapshot: Snapshot;
  flows: readonly Flow[];
}): JSX.Element {
  const { totals, receiverBytesPerSecond } = snapshot;
  const open = flows.filter(({ isOver }) => !isOver);
  const waiting = open
    .map((flow) => ({ flow, waits: waitsOf(flow) }))
    .toSorted((a, b) => b.waits.length - a.waits.length)[0];
  return (
    <section class="headline" aria-labelledby="headline">
      <h2 id="headline">{sentence(open)}</h2>
      {waiting !== undefined && waiting.waits.length > 0 && (
        <p class="pressure">
          <b>
            {receiverBytesPerSecond === null
              ? "The slowest sets the pace: "
              : "The receiver is slow: "}
          </b>
          {waiting.waits.join(", ")}.
        </p>
      )}
      {(waiting === undefined || waiting.waits.length === 0) && (
        <p class="muted">
          {open.length === 0
            ? "Send a file from here, or from another terminal. Then make the receiver slow and look who waits."
            : "Nobody has to wait for long: what comes in is written at once."}
        </p>
      )}
      <dl class="totals">
        <div>
          <dt>stored since the start</dt>
          <dd>{plural(totals.stored, "upload")}</dd>
        </div>
        <div>
          <dt>bytes stored</dt>
          <dd>{bytes(totals.bytes)}</dd>
        </div>
        <div>
          <dt>refused</dt>
          <dd>{totals.refused.toLocaleString("en")}</dd>
        </div>
      </dl>
    </section>
  );
}

function sentence(open: readonly Flow[]): string {
  if (open.length === 0) return "Nothing moves now.";
  const total = open.reduce((sum, { track }) => sum + (track.latest?.rateOut ?? 0), 0);
  return `${plural(open.length, "transfer")} at ${rate(total)}.`;
}

/** From the receiver back to the sender. */
function waitsOf({ lanes }: Flow): string[] {
  const whose: Record<string, string> = {
    "This page": "",
    "The relay": "the relay's",
    "The sender": "the",
  };
  return lanes
    .toReversed()
    .flatMap(({ label, stations }) => whoWaits(stations, whose[label] ?? "the"));
}
