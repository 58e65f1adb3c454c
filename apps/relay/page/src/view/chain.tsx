import type { ComponentChildren, JSX } from "preact";
import { bytes, duration, percent } from "../format.ts";
import { waits, type Station } from "./stations.ts";

interface ChainProps {
  readonly label: string;
  readonly stations: readonly Station[];
  /** Left by the last station, and not yet with the first one of the next chain. */
  readonly underWayBytes: number | null;
}

/** Layers in the order in which bytes meet them: the `toString` of the chain, with what each one does now. */
export function Chain({ label, stations, underWayBytes }: ChainProps): JSX.Element {
  return (
    <div class="lane">
      <h4>{label}</h4>
      <ol class="chain">
        {stations.map((station, index) => (
          <Layer key={index} station={station} next={stations[index + 1]?.kind} />
        ))}
        {underWayBytes !== null && (
          <li class="layer network">
            <p class="layer-name">
              <b>network</b>
            </p>
            <dl>
              <Fact name="holds">{bytes(underWayBytes)}</Fact>
            </dl>
          </li>
        )}
      </ol>
    </div>
  );
}

/** @param next what it passes its bytes to */
function Layer({ station, next }: { station: Station; next: string | undefined }): JSX.Element {
  const { kind, detail, bytesIn, bytesOut, heldBytes, maxHeld, waitedMs, waitShare } = station;
  return (
    <li class="layer" data-layer={kind} data-waits={waits(station)}>
      <p class="layer-name">
        <b>{kind}</b> <span title={detail}>{detail}</span>
      </p>
      <dl>
        {bytesIn !== null && <Fact name="in">{bytes(bytesIn)}</Fact>}
        {bytesOut !== null && <Fact name="out">{bytes(bytesOut)}</Fact>}
        {heldBytes !== null && maxHeld > 0 && (
          <Fact name="holds">
            {bytes(heldBytes)}
            <Bar kind="held" share={heldBytes / maxHeld} />
          </Fact>
        )}
        {waitedMs !== null && next !== undefined && (
          <Fact name="waited">
            <span class="hidden">for {next}: </span>
            <span class="waited">{duration(waitedMs)}</span>
            <span class="share">{waits(station) ? percent(waitShare) : ""}</span>
            <Bar kind="wait" share={waitShare} />
          </Fact>
        )}
      </dl>
    </li>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <div data-fact={name}>
      <dt>{name}</dt>
      <dd>{children}</dd>
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
