import type { JSX } from "preact";
import type { SenderSample } from "../../../src/live/switches.ts";
import { bytes } from "../format.ts";

interface ComparisonSideProps {
  readonly title: string;
  /** What its loop does with each chunk. */
  readonly code: string;
  /** The custom property that has its color. */
  readonly color: string;
  /** Undefined before it was started. */
  readonly sample: SenderSample | undefined;
}

const STATES: Readonly<Record<SenderSample["state"], string>> = {
  running: "running",
  done: "done",
  stopped: "stopped here: it held too much",
  failed: "stopped",
};

/** One of the two senders: its loop, and how it does. */
export function ComparisonSide({ title, code, color, sample }: ComparisonSideProps): JSX.Element {
  return (
    <div class="side" data-side={title} style={{ borderColor: `var(${color})` }}>
      <h3>
        <code>{code}</code>
      </h3>
      {sample !== undefined && (
        <>
          <p class="big-number">{bytes(sample.heldBytes)}</p>
          <p class="muted">wait in its memory</p>
          <dl>
            <Fact name="believes it has written" value={bytes(sample.writtenBytes)} />
            <Fact name="has arrived" value={bytes(sample.receivedBytes)} />
            <Fact name="state" value={STATES[sample.state]} />
          </dl>
        </>
      )}
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
