import type { Snapshot, TransferSample } from "../../../src/live/snapshot.ts";
import { Track } from "./track.ts";

/** How long one that has ended stays on the page, in milliseconds; and how many of them. */
const LINGER_MS = 8000;
const MAX_ENDED = 4;

/** A transfer of the relay, with its last minute. */
export interface TrackedTransfer {
  readonly sample: TransferSample;
  readonly track: Track;
  /** When it was not in a snapshot any more; undefined while it goes on. */
  readonly endedAt: number | undefined;
}

/** What the snapshots have said of each transfer. */
export class TransferTracks {
  #tracked = new Map<string, TrackedTransfer>();

  /** Those that go on, the oldest first, then those that have just ended. */
  get all(): readonly TrackedTransfer[] {
    const tracked = [...this.#tracked.values()];
    const ended = tracked.filter(({ endedAt }) => endedAt !== undefined);
    return [
      ...tracked.filter(({ endedAt }) => endedAt === undefined),
      ...ended.toReversed().slice(0, MAX_ENDED),
    ];
  }

  add({ time, transfers }: Pick<Snapshot, "time" | "transfers">): void {
    const next = new Map<string, TrackedTransfer>();
    const open = new Set(transfers.map(({ key }) => key));
    for (const [key, tracked] of this.#tracked) {
      const endedAt = tracked.endedAt ?? time;
      if (!open.has(key) && time - endedAt < LINGER_MS) next.set(key, { ...tracked, endedAt });
    }
    for (const sample of transfers) {
      const track = this.#tracked.get(sample.key)?.track ?? new Track();
      track.add(time, sample.layers);
      next.set(sample.key, { sample, track, endedAt: undefined });
    }
    this.#tracked = next;
  }

  clear(): void {
    this.#tracked.clear();
  }
}
