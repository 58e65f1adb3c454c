import { waits, type Station } from "./stations.ts";

/** A flow, as far as it matters who waits. */
interface Lanes {
  readonly lanes: readonly { readonly label: string; readonly stations: readonly Station[] }[];
}

/**
 * Who waits for whom, from the receiver back to the sender, in words: "In the relay, sha256 waits for throttle, gunzip for
 * sha256." One sentence for each process in which somebody waits.
 */
export function whoWaits({ lanes }: Lanes): string[] {
  return lanes.toReversed().flatMap(({ label, stations }) => {
    const pairs = pairsOf(stations);
    if (pairs.length === 0) return [];
    const where = label.charAt(0).toLowerCase() + label.slice(1);
    return [`In ${where}, ${pairs.join(", ")}.`];
  });
}

/** Whether the pressure has come to where the bytes are from. */
export function reachesSource({ lanes }: Lanes): boolean {
  const source = lanes[0]?.stations[0];
  return source !== undefined && waits(source);
}

/** How many wait. */
export function waitingCount({ lanes }: Lanes): number {
  return lanes.flatMap(({ stations }) => stations.filter(waits)).length;
}

function pairsOf(stations: readonly Station[]): string[] {
  return stations
    .flatMap((station, index) => {
      const next = stations[index + 1];
      return next !== undefined && waits(station) ? [[station.kind, next.kind] as const] : [];
    })
    .toReversed()
    .map(([who, forWhom], index) => `${who} ${index === 0 ? "waits for" : "for"} ${forWhom}`);
}
