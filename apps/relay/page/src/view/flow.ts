import type { Outcome } from "../../../src/live/snapshot.ts";
import type { Track } from "../live/track.ts";
import type { TrackedTransfer } from "../live/transfer-tracks.ts";
import type { Upload } from "../upload/upload.ts";
import { stationsOfTransfer, stationsOfUpload, type Station } from "./stations.ts";

/** The stations of one process. */
interface Lane {
  readonly label: string;
  readonly stations: readonly Station[];
}

/** What is drawn as one: bytes on their way through this page and the relay, or through the relay alone. */
export interface Flow {
  readonly key: string;
  readonly name: string;
  /** Where it comes from, or goes to. */
  readonly about: string;
  readonly lanes: readonly Lane[];
  /** Whose rates are shown: the relay's, if it is there. */
  readonly track: Track;
  /** Whether the bytes are decoded, not encoded, on their way through the track's layers. */
  readonly decodes: boolean;
  /** Between the page and the relay: sent by one, not read by the other. */
  readonly underWayBytes: number | null;
  readonly isOver: boolean;
  /** How it ended, as far as the relay knows. */
  readonly outcome: Outcome | undefined;
  /** Whether it is among the transfers of the relay. */
  readonly isInRelay: boolean;
}

/** Pairs what this page sends with what the relay receives of it; the rest stands for itself. */
export function flowsOf(
  transfers: readonly TrackedTransfer[],
  uploads: readonly Upload[],
  outcomes: readonly Outcome[],
): Flow[] {
  const byReference = new Map(uploads.map((upload) => [upload.reference, upload]));
  const received = new Set<Upload>();
  const flows = transfers.map((transfer): Flow => {
    const upload = byReference.get(transfer.sample.reference ?? "");
    if (upload !== undefined) received.add(upload);
    return flowOf(
      transfer,
      upload,
      outcomes.find(({ key }) => key === transfer.sample.key),
    );
  });
  const unseen = uploads.filter(
    (upload) => !received.has(upload) && !upload.isOver && upload.track.latest !== undefined,
  );
  return [...unseen.map(flowOfUpload), ...flows];
}

function flowOf(
  { sample, track, endedAt }: TrackedTransfer,
  upload: Upload | undefined,
  outcome: Outcome | undefined,
): Flow {
  const { key, name, direction, route, peer } = sample;
  const isSent = direction === "send";
  const own = {
    label: isSent ? "The sender" : "The relay",
    stations: stationsOfTransfer(sample, track),
  };
  const first = sample.layers[0]?.bytesIn ?? 0;
  return {
    key,
    name: upload?.name ?? name,
    about: isSent
      ? `sent over ${route}`
      : `received over ${route} from ${upload ? "this page" : peer}`,
    lanes: upload === undefined ? [own] : [laneOf(upload), own],
    track,
    decodes: !isSent,
    underWayBytes: upload === undefined ? null : Math.max(0, leftBy(upload) - first),
    isOver: endedAt !== undefined,
    outcome,
    isInRelay: true,
  };
}

function flowOfUpload(upload: Upload): Flow {
  return {
    key: upload.reference,
    name: upload.name,
    about: "on its way from this page",
    lanes: [laneOf(upload)],
    track: upload.track,
    decodes: false,
    underWayBytes: null,
    isOver: false,
    outcome: undefined,
    isInRelay: false,
  };
}

function laneOf({ name, track }: Upload): Lane {
  return { label: "This page", stations: stationsOfUpload(name, track) };
}

/** What the last layer of the page has accepted. */
function leftBy({ track }: Upload): number {
  return track.latest?.layers.at(-1)?.bytesIn ?? 0;
}
