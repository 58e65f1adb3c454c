import type { JSX } from "preact";
import type { Comparison as Sample } from "../../../src/live/switches.ts";
import { bytes } from "../format.ts";
import type { MemoryPoint } from "../live/live.ts";
import type { RelayApi } from "../live/relay-api.ts";
import { Chart, type Series } from "./chart.tsx";
import { ComparisonSide } from "./comparison-side.tsx";

interface ComparisonProps {
  readonly points: readonly MemoryPoint[];
  readonly api: RelayApi;
  readonly onError: (message: string) => void;
  readonly theme: string;
}

/** What the two senders have to do. */
const JOB = { receiverBytesPerSecond: 1_000_000, totalBytes: 256_000_000 };

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
        Two processes send 256 MB to a receiver that reads 1 MB/s. One looks at nothing and never
        waits: what has not left grows in its memory. The other one waits for room.
      </p>
      <div class="sides">
        <ComparisonSide
          title="socket.write"
          code="socket.write(chunk)"
          color="--bad"
          sample={sample?.naive}
        />
        <ComparisonSide
          title="writer.writeAll"
          code="await writer.writeAll(chunk)"
          color="--good"
          sample={sample?.writer}
        />
      </div>
      <p class="buttons">
        {isRunning ? (
          <button type="button" onClick={() => act(api.stopComparison())}>
            Stop the comparison
          </button>
        ) : (
          <button type="button" onClick={() => act(api.startComparison(JOB))}>
            Start the comparison
          </button>
        )}
      </p>
      {sample !== null && (
        <Chart
          title="Memory of each process"
          times={points.map(({ time }) => time)}
          series={seriesOf(sample, points)}
          format={bytes}
          height={150}
          theme={theme}
        />
      )}
    </section>
  );
}

function seriesOf(sample: Sample, points: readonly MemoryPoint[]): Series[] {
  const series = (label: string, color: string, side: "naive" | "writer"): Series => ({
    label,
    color,
    values: points.map(({ comparison }) => comparison?.[side].rssBytes || null), // none before its first report
    now: bytes(sample[side].rssBytes),
  });
  return [series("socket.write", "--bad", "naive"), series("writer", "--good", "writer")];
}
