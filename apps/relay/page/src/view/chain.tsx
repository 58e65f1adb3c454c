import type { JSX } from "preact";
import { bytes, duration, percent } from "../format.ts";
import { waits, type Station } from "./stations.ts";

interface ChainProps {
  readonly label: string;
  readonly stations: readonly Station[];
}

/** Layers in the order in which bytes meet them: the `toString` of the chain, with what each one does now. */
export function Chain({ label, stations }: ChainProps): JSX.Element {
  return (
    <div class="lane">
      <h4>{label}</h4>
      <ol class="chain">
        {stations.map((station, index) => (
          <Layer key={index} station={station} next={stations[index + 1]} />
        ))}
      </ol>
    </div>
  );
}

function Layer({ station, next }: { station: Station; next: Station | undefined }): JSX.Element {
  const { kind, detail, bytesIn, bytesOut, heldBytes, maxHeld, waitedMs, waitShare } = station;
  const isHeld = heldBytes !== null && maxHeld > 0;
  return (
    <li class="layer" data-waits={waits(station)} data-last={next === undefined}>
      <p class="layer-name">
        <b>{kind}</b> <span title={detail}>{detail}</span>
      </p>
      <dl>
        {bytesIn !== null && <Fact name="in" value={bytes(bytesIn)} />}
        {bytesOut !== null && <Fact name="out" value={bytes(bytesOut)} />}
        {isHeld && (
          <Fact name="holds" value={bytes(heldBytes)}>
            <Bar kind="held" share={heldBytes / maxHeld} />
          </Fact>
        )}
        {waitedMs !== null && (
          <Fact name="waited" value={duration(waitedMs)} what="waited">
            <Bar kind="wait" share={waitShare} />
          </Fact>
        )}
      </dl>
      {next !== undefined && (
        <p class="wait-for">
          {waits(station) ? `waits for ${next.kind}, ${percent(waitShare)} of the time` : ""}
        </p>
      )}
    </li>
  );
}

interface FactProps {
  readonly name: string;
  readonly value: string;
  readonly what?: string;
  readonly children?: JSX.Element;
}

function Fact({ name, value, what, children }: FactProps): JSX.Element {
  return (
    <div data-fact={what ?? name}>
      <dt>{name}</dt>
      <dd>
        {value}
        {children}
      </dd>
    </div>
  );
}

function Bar({ kind, share }: { kind: "held" | "wait"; share: number }): JSX.Element {
  return (
    <span class={`bar bar-${kind}`} aria-hidden="true">
      <i style={{ width: `${Math.round(Math.min(1, share) * 100)}%` }} />
    </span>
  );
}
