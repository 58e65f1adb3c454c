import type { JSX } from "preact";
import type { Outcome } from "../../../src/live/snapshot.ts";
import { bytes, clock, duration, withoutMeters } from "../format.ts";
import { Digest } from "./digest.tsx";

const SHOWN = 12;

/** What was stored or refused lately. */
export function Recent({ outcomes }: { outcomes: readonly Outcome[] }): JSX.Element {
  return (
    <section class="panel" aria-labelledby="recent">
      <h2 id="recent">Recent uploads</h2>
      {outcomes.length === 0 ? (
        <p class="muted">None yet.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Over</th>
              <th scope="col">Encoded as</th>
              <th scope="col">Size</th>
              <th scope="col">SHA-256</th>
              <th scope="col">Took</th>
              <th scope="col">At</th>
            </tr>
          </thead>
          <tbody>
            {outcomes.slice(0, SHOWN).map((outcome) =>
              outcome.outcome === "stored" ? (
                <tr key={outcome.id} data-outcome="stored">
                  <th scope="row" data-label="Name">
                    {outcome.name}
                  </th>
                  <td data-label="Over">{outcome.route}</td>
                  <td data-label="Encoded as">
                    {outcome.encoding === "identity" ? "plain" : outcome.encoding}
                  </td>
                  <td data-label="Size">{bytes(outcome.bytes)}</td>
                  <td data-label="SHA-256">
                    <Digest sha256={outcome.sha256} />
                  </td>
                  <td data-label="Took">{duration(outcome.durationMs)}</td>
                  <td data-label="At">{clock(outcome.storedAt)}</td>
                </tr>
              ) : (
                <tr key={outcome.key} data-outcome="refused">
                  <th scope="row" data-label="Name">
                    {outcome.name}
                  </th>
                  <td data-label="Over">{outcome.route}</td>
                  <td colSpan={4} data-label="Refused">
                    <span class="bad">Nothing kept</span> {withoutMeters(outcome.message)}
                  </td>
                  <td data-label="At">{clock(outcome.at)}</td>
                </tr>
              ),
            )}
          </tbody>
        </table>
      )}
    </section>
  );
}
