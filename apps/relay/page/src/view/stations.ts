import type { LayerSample, Route, TransferSample } from "../../../src/live/snapshot.ts";
import type { Track } from "../live/track.ts";

/** Something that bytes come through: where they start, or a layer. */
export interface Station {
  /** What it is: "gzip", "file". */
  readonly kind: string;
  /** Its options or its address: "level 6", "/data/x". */
  readonly detail: string;
  readonly bytesIn: number | null;
  readonly bytesOut: number | null;
  readonly heldBytes: number | null;
  /** The most it has held in the last minute. */
  readonly maxHeld: number;
  /** For how long it has waited for the next station; null of the last one. */
  readonly waitedMs: number | null;
  /** How much of the last second it has waited. */
  readonly waitShare: number;
}

/** Below this share of the last second nobody would say that somebody waits. */
const WAITS_FROM = 0.3;

export function waits({ waitShare }: Station): boolean {
  return waitShare >= WAITS_FROM;
}

const SOURCES: Readonly<Record<Route, string>> = {
  tcp: "tcp socket",
  tls: "tls socket",
  unix: "unix socket",
  records: "unix socket",
  websocket: "websocket",
  tunnel: "tunnel",
  http: "http request",
};

/** The stations of a transfer in the relay's process: of what it receives, or sends. */
export function stationsOfTransfer(sample: TransferSample, track: Track): Station[] {
  const { direction, route, peer, name } = sample;
  return direction === "receive"
    ? stations(SOURCES[route], peer, sample.layers, track)
    : stations("source", name, sample.layers, track);
}

/** The stations in this page. */
export function stationsOfUpload(name: string, track: Track): Station[] {
  return stations("your file", name, track.latest?.layers ?? [], track);
}

function stations(
  kind: string,
  detail: string,
  layers: readonly LayerSample[],
  track: Track,
): Station[] {
  const waitFor = (index: number): Pick<Station, "waitedMs" | "waitShare"> => ({
    waitedMs: layers[index]?.waitedMs ?? null,
    waitShare: track.waitShare(index),
  });
  const source = { kind, detail, bytesIn: null, heldBytes: null, maxHeld: 0, ...waitFor(0) };
  return [
    { ...source, bytesOut: layers[0]?.bytesIn ?? 0 },
    ...layers.map((layer, index) => ({
      ...named(layer.name),
      bytesIn: layer.bytesIn,
      bytesOut: layer.bytesOut,
      heldBytes: layer.heldBytes,
      maxHeld: track.maxHeld(index),
      ...waitFor(index + 1),
    })),
  ];
}

/** "gzip(6)" is gzip, at 6; "file /data/x" is a file, at that path; "tls > tcp 127.0.0.1:9443" is TLS, over that. */
function named(name: string): Pick<Station, "kind" | "detail"> {
  const [, kind = name, option, address] =
    /^(\w+)(?:\((.*?)\))?(?: (?:> )?(.*))?$/.exec(name) ?? [];
  return { kind, detail: option ?? address ?? "" };
}
