import { useState } from "preact/hooks";
import type { JSX } from "preact";
import { clock } from "./format.ts";
import type { Live } from "./live/live.ts";
import type { RelayApi } from "./live/relay-api.ts";
import { saveToken } from "./live/token.ts";
import type { Uploads } from "./upload/uploads.ts";
import { Comparison } from "./view/comparison.tsx";
import { FlowCard } from "./view/flow-card.tsx";
import { flowsOf } from "./view/flow.ts";
import { Headline } from "./view/headline.tsx";
import { Listeners } from "./view/listeners.tsx";
import { Memory } from "./view/memory.tsx";
import { Receiver } from "./view/receiver.tsx";
import { Recent } from "./view/recent.tsx";
import { Sender } from "./view/sender.tsx";
import { useTheme } from "./view/theme.ts";
import { TokenForm } from "./view/token-form.tsx";
import { TopBar } from "./view/top-bar.tsx";
import { useObservable } from "./view/use-observable.ts";

/** So many are drawn; a browser could not show thousands, and nobody look at them. */
const MAX_CARDS = 8;

interface AppProps {
  readonly live: Live;
  readonly uploads: Uploads;
  readonly api: RelayApi;
}

export function App({ live, uploads, api }: AppProps): JSX.Element {
  useObservable(live);
  const { choice, shown, choose } = useTheme();
  const { status } = live;
  return (
    <>
      <TopBar status={status} theme={choice} onTheme={choose} />
      <main>
        {status.kind === "locked" ? (
          <TokenForm
            message={status.message}
            onToken={(token) => {
              saveToken(token);
              live.unlock(token);
            }}
          />
        ) : (
          <Page live={live} uploads={uploads} api={api} theme={shown} />
        )}
      </main>
    </>
  );
}

function Page({ live, uploads, api, theme }: AppProps & { theme: string }): JSX.Element {
  const [problem, setProblem] = useState<string>();
  const { snapshot, tracks, memory, status } = live;
  if (snapshot === undefined) return <p class="muted">Looking for the relay.</p>;
  const { hasSwitches, openTransfers, receiverBytesPerSecond } = snapshot;
  const flows = flowsOf(tracks.all, uploads.all, snapshot.recent);
  const more = openTransfers - MAX_CARDS;
  return (
    <>
      {status.kind === "lost" && (
        <p class="problem">The relay is not there. What you see is from {clock(snapshot.time)}.</p>
      )}
      {problem !== undefined && (
        <p class="problem bad" role="alert">
          {problem}{" "}
          <button type="button" class="quiet" onClick={() => setProblem(undefined)}>
            Dismiss
          </button>
        </p>
      )}
      <Headline snapshot={snapshot} flows={flows} />
      <div class="columns">
        <div class="side-column">
          {hasSwitches && (
            <Receiver bytesPerSecond={receiverBytesPerSecond} api={api} onError={setProblem} />
          )}
          <Sender uploads={uploads} />
        </div>
        <section class="live" aria-labelledby="live">
          <h2 id="live">Live, layer by layer</h2>
          {flows.length === 0 && (
            <p class="empty muted">
              What moves appears here, as the chain of layers that its bytes go through: how much
              each one has taken, what it holds, and how long it has waited for the next.
            </p>
          )}
          {flows.slice(0, MAX_CARDS).map((flow) => (
            <FlowCard key={flow.key} flow={flow} theme={theme} />
          ))}
          {more > 0 && <p class="muted">And {more} more.</p>}
        </section>
      </div>
      <div class={hasSwitches ? "halves" : ""}>
        <Memory points={memory} transfers={snapshot.transfers} theme={theme} />
        {hasSwitches && <Comparison points={memory} api={api} onError={setProblem} theme={theme} />}
      </div>
      <Recent outcomes={snapshot.recent} />
      <Listeners listeners={snapshot.listeners} />
    </>
  );
}
