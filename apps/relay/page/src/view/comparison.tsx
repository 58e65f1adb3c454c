import type { JSX } from "preact";
import type { Comparison as Sample, SenderSample } from "../../../src/live/snapshot.ts";
import { bytes, rate } from "../format.ts";
import type { MemoryPoint } from "../live/live.ts";
import type { RelayApi } from "../live/relay-api.ts";
import { Chart } from "./chart.tsx";

interface ComparisonProps {
  readonly points: readonly MemoryPoint[];
  readonly api: RelayApi;
  readonly onError: (message: string) => void;
  readonly theme: string;
}

const STATES: Readonly<Record<SenderSample["state"], string>> = {
  running: "running",
  done: "done",
  stopped: "stopped by this demonstration: it held too much",
  failed: "ended",
};

/** The same job by `socket.write` without waiting, beside it by a writer. */
export function Comparison({ points, api, onError, theme }: ComparisonProps): JSX.Element {
  const sample = points.at(-1)?.comparison ?? null;
  const isRunning = [sample?.naive, sample?.writer].some((each) => each?.state === "running");
  const act = (action: Promise<void>): void => {
    action.catch((error: unknown) => onError((error as Error).message));
  };
  return (
    <section class="panel" aria-labelledby="comparison">
      <h2 id="comparison">The same without waiting</h2>
      <p class="muted">
        Two processes send 256 MB to a receiver that reads 1 MB/s. One calls{" "}
        <code>socket.write(chunk)</code> and looks at nothing, the other one{" "}
        <code>await writer.writeAll(chunk)</code>.
      </p>
      <p class="buttons">
        {isRunning ? (
          <button type="button" onClick={() => act(api.stopComparison())}>
            Stop the comparison
          </button>
        ) : (
          <button
            type="button"
            onClick={() =>
              act(
                api.startComparison({ receiverBytesPerSecond: 1_000_000, totalBytes: 256_000_000 }),
              )
            }
          >
            Start the comparison
          </button>
        )}
      </p>
      {sample !== null && <Sides sample={sample} points={points} theme={theme} />}
    </section>
  );
}

function Sides({
  sample,
  points,
  theme,
}: {
  sample: Sample;
  points: readonly MemoryPoint[];
  theme: string;
}): JSX.Element {
  const of = (side: "naive" | "writer"): (number | null)[] =>
    points.map(({ comparison }) => comparison?.[side].rssBytes ?? null);
  return (
    <>
      <div class="sides">
        <Side title="socket.write" color="--bad" sample={sample.naive} />
        <Side title="writer.writeAll" color="--good" sample={sample.writer} />
      </div>
      <Chart
        title="Memory of each process"
        times={points.map(({ time }) => time)}
        series={[
          {
            label: "socket.write",
            color: "--bad",
            values: of("naive"),
            now: bytes(sample.naive.rssBytes),
          },
          {
            label: "writer",
            color: "--good",
            values: of("writer"),
            now: bytes(sample.writer.rssBytes),
          },
        ]}
        format={bytes}
        height={150}
        theme={theme}
      />
      <p class="muted">The receiver reads {rate(sample.receiverBytesPerSecond)} from each.</p>
    </>
  );
}

function Side({
  title,
  color,
  sample,
}: {
  title: string;
  color: string;
  sample: SenderSample;
}): JSX.Element {
  const { state, heldBytes, writtenBytes, receivedBytes } = sample;
  return (
    <div class="side" data-side={title} style={{ borderColor: `var(${color})` }}>
      <h3>
        <code>{title}</code>
      </h3>
      <p class="big-number">{bytes(heldBytes)}</p>
      <p class="muted">wait in its memory</p>
      <dl>
        <div>
          <dt>believes it has written</dt>
          <dd>{bytes(writtenBytes)}</dd>
        </div>
        <div>
          <dt>has arrived</dt>
          <dd>{bytes(receivedBytes)}</dd>
        </div>
        <div>
          <dt>state</dt>
          <dd>{STATES[state]}</dd>
        </div>
      </dl>
    </div>
  );
}
