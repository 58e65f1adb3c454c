import type { Valve } from "../ingest/valve.ts";
import type { ListenerSample, Snapshot } from "./snapshot.ts";
import type { Comparison } from "./switches.ts";
import type { Transfers } from "./transfers.ts";

/** Between two snapshots, in milliseconds. */
const EVERY = 250;

/** How many transfers a snapshot has at most: each costs some hundred bytes in each snapshot. */
const MAX_SHOWN = 64;

export interface FeedOptions {
  hasSwitches: boolean;
  transfers: Transfers;
  valve: Valve;
  listeners: () => readonly ListenerSample[];
  comparison: () => Comparison | null;
}

/** Makes snapshots while there are subscribers, the same ones for all of them. */
export class Feed {
  readonly #options: FeedOptions;
  readonly #startedAt = Date.now();
  readonly #stop = new AbortController();
  readonly #viewers = new Set<(snapshot: string) => void>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** Snapshots as JSON, the first one now, until the signal fires or the feed is closed. Who is slow misses some. */
  async *snapshots(signal: AbortSignal): AsyncGenerator<string> {
    const stopped = AbortSignal.any([signal, this.#stop.signal]);
    let next = Promise.withResolvers<string>();
    const view = (snapshot: string): void => {
      next.resolve(snapshot);
      next = Promise.withResolvers();
    };
    const end = (): void => next.resolve("");
    stopped.addEventListener("abort", end, { once: true });
    this.#add(view);
    try {
      yield JSON.stringify(this.snapshot());
      while (!stopped.aborted) {
        const snapshot = await next.promise;
        if (!stopped.aborted) yield snapshot;
      }
    } finally {
      stopped.removeEventListener("abort", end);
      this.#remove(view);
    }
  }

  snapshot(): Snapshot {
    const { transfers, valve, listeners, comparison, hasSwitches } = this.#options;
    const { rss, heapUsed, external } = process.memoryUsage();
    return {
      time: Date.now(),
      startedAt: this.#startedAt,
      process: { rssBytes: rss, heapUsedBytes: heapUsed, externalBytes: external },
      hasSwitches,
      receiverBytesPerSecond: valve.bytesPerSecond ?? null,
      listeners: listeners(),
      openTransfers: transfers.open.size,
      transfers: [...transfers.open].slice(0, MAX_SHOWN).map((transfer) => transfer.sample()),
      recent: transfers.recent,
      totals: { ...transfers.totals },
      comparison: comparison(),
    };
  }

  /** Ends for all who look. */
  close(): void {
    this.#stop.abort();
  }

  #add(view: (snapshot: string) => void): void {
    this.#viewers.add(view);
    this.#timer ??= setInterval(() => {
      const snapshot = JSON.stringify(this.snapshot());
      for (const each of this.#viewers) each(snapshot);
    }, EVERY);
  }

  #remove(view: (snapshot: string) => void): void {
    this.#viewers.delete(view);
    if (this.#viewers.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
