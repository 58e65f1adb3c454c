import { waits, type Station } from "./stations.ts";

/** Who waits for whom in one process, from its destination to its source: "gunzip waits for sha256". */
export function whoWaits(stations: readonly Station[], where: string): string[] {
  return stations
    .flatMap((station, index) => {
      const next = stations[index + 1];
      return next !== undefined && waits(station) ? [{ station, next, index }] : [];
    })
    .toReversed()
    .map(({ station, next, index }) => {
      const name = index === 0 ? `${where} ${station.kind}` : station.kind;
      return `${name} waits for ${next.kind}`;
    });
}
