import { useEffect, useState } from "preact/hooks";
import type { JSX } from "preact";
import { rate } from "../format.ts";
import type { RelayApi } from "../live/relay-api.ts";

const LABELS: ReadonlyMap<number | null, string> = new Map([
  [null, "Full speed"],
  [4_000_000, "4 MB/s"],
  [1_000_000, "1 MB/s"],
  [200_000, "200 kB/s"],
]);

interface ReceiverProps {
  readonly bytesPerSecond: number | null;
  readonly api: RelayApi;
  readonly onError: (message: string) => void;
}

/** The switch that makes the receiver slow. */
export function Receiver({ bytesPerSecond, api, onError }: ReceiverProps): JSX.Element {
  // What was chosen here, until the feed says the same: it comes some times a second.
  const [chosen, setChosen] = useState<number | null>();
  useEffect(() => setChosen(undefined), [bytesPerSecond]);
  const choose = (rateChosen: number | null): void => {
    setChosen(rateChosen);
    api.slow({ bytesPerSecond: rateChosen }).catch((error: unknown) => {
      setChosen(undefined);
      onError((error as Error).message);
    });
  };
  const shown = chosen === undefined ? bytesPerSecond : chosen;
  const rates = [...new Set([...LABELS.keys(), bytesPerSecond])];
  return (
    <section class="panel" aria-labelledby="receiver">
      <h2 id="receiver">Slow the receiver</h2>
      <p class="muted">
        Each upload is written to the disk at this rate at most. Everything before it has to wait.
      </p>
      <fieldset class="choice">
        <legend class="hidden">Rate of the receiver</legend>
        {rates.map((each) => (
          <label key={each}>
            <input
              type="radio"
              name="receiver-rate"
              checked={each === shown}
              onChange={() => choose(each)}
            />
            <span>{LABELS.get(each) ?? rate(each ?? 0)}</span>
          </label>
        ))}
      </fieldset>
    </section>
  );
}
