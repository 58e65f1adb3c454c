import type { JSX } from "preact";
import type { ListenerSample } from "../../../src/live/snapshot.ts";

/** Where else one can send to. */
export function Listeners({ listeners }: { listeners: readonly ListenerSample[] }): JSX.Element {
  return (
    <section class="panel" aria-labelledby="listeners">
      <h2 id="listeners">Ways in</h2>
      <dl class="listeners">
        {listeners.map(({ route, address }) => (
          <div key={address}>
            <dt>{route}</dt>
            <dd>
              <code>{address}</code>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
