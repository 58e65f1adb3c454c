import type { JSX } from "preact";
import { rate } from "../format.ts";
import type { RelayApi } from "../live/relay-api.ts";

const RATES = [null, 4_000_000, 1_000_000, 200_000];

interface ReceiverProps {
  readonly bytesPerSecond: number | null;
  readonly api: RelayApi;
  readonly onError: (message: string) => void;
}

/** The switch that makes the receiver slow. */
export function Receiver({ bytesPerSecond, api, onError }: ReceiverProps): JSX.Element {
  const choose = (chosen: number | null): void => {
    api
      .slow({ bytesPerSecond: chosen })
      .catch((error: unknown) => onError((error as Error).message));
  };
  const rates = RATES.includes(bytesPerSecond) ? RATES : [...RATES, bytesPerSecond];
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
              checked={each === bytesPerSecond}
              onChange={() => choose(each)}
            />
            <span>{each === null ? "Full speed" : rate(each)}</span>
          </label>
        ))}
      </fieldset>
    </section>
  );
}
