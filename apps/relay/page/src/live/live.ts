import type { ProcessSample, Snapshot } from "../../../src/live/snapshot.ts";
import type { Comparison } from "../../../src/live/switches.ts";
import { Observable } from "../observable.ts";
import { readSnapshots } from "./read-snapshots.ts";
import { Refused } from "./refused.ts";
import { HISTORY_MS } from "./track.ts";
import { TransferTracks } from "./transfer-tracks.ts";

export type Status =
  | { kind: "connecting" }
  | { kind: "live" }
  /** The relay wants a token; the message is there if one was refused. */
  | { kind: "locked"; message?: string }
  | { kind: "lost"; message: string };

/** Memory at one time. */
export interface MemoryPoint {
  readonly time: number;
  readonly process: ProcessSample;
  readonly comparison: Comparison | null;
}

/** Where the feed comes from. */
interface FeedSource {
  token: string;
  events(signal: AbortSignal): Promise<Response>;
}

/** Before another attempt to reach the relay, in milliseconds. */
const RETRY_MS = 1000;

/** A relay that says nothing for so long has gone, or the way to it: some snapshots come each second. */
const SILENCE_MS = 10_000;

/** What the relay tells of itself, from now on until the page is closed. */
export class Live extends Observable {
  readonly tracks = new TransferTracks();
  readonly #api: FeedSource;
  #status: Status = { kind: "connecting" };
  #snapshot: Snapshot | undefined;
  #memory: MemoryPoint[] = [];
  #attempt = new AbortController();

  constructor(api: FeedSource) {
    super();
    this.#api = api;
  }

  get status(): Status {
    return this.#status;
  }

  /** The latest one. */
  get snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  /** The last minute. */
  get memory(): readonly MemoryPoint[] {
    return this.#memory;
  }

  /** Connects, now and whenever the connection is lost, until a token is missing. */
  async start(): Promise<void> {
    this.#attempt.abort();
    const attempt = new AbortController();
    this.#attempt = attempt;
    while (!attempt.signal.aborted && this.#status.kind !== "locked") {
      await this.#follow(attempt.signal);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  /** Tries again with this token. */
  unlock(token: string): void {
    this.#api.token = token;
    this.#setStatus({ kind: "connecting" });
    void this.start();
  }

  /** Resolves when the connection has ended, for whatever reason. */
  async #follow(stop: AbortSignal): Promise<void> {
    const silence = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listen = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
    };
    try {
      listen();
      const response = await this.#api.events(AbortSignal.any([stop, silence.signal]));
      for await (const snapshot of readSnapshots(response)) {
        listen();
        this.#add(snapshot);
      }
      this.#setStatus({ kind: "lost", message: "The relay has closed the connection." });
    } catch (error) {
      if (!stop.aborted) this.#setStatus(this.#statusAfter(error));
    } finally {
      clearTimeout(timer);
    }
  }

  #statusAfter(error: unknown): Status {
    if (!(error instanceof Refused)) return { kind: "lost", message: "The relay does not answer." };
    if (error.status !== 401) return { kind: "lost", message: error.message };
    if (this.#api.token === "") return { kind: "locked" };
    const message =
      "The relay does not know this token. Look for missing or doubled characters, or ask whoever runs the relay.";
    return { kind: "locked", message };
  }

  #add(snapshot: Snapshot): void {
    // Another process: its keys begin anew.
    if (snapshot.startedAt !== this.#snapshot?.startedAt) this.tracks.clear();
    this.#snapshot = snapshot;
    this.tracks.add(snapshot);
    const { time, process, comparison } = snapshot;
    this.#memory = [
      ...this.#memory.filter((point) => point.time >= time - HISTORY_MS),
      { time, process, comparison },
    ];
    this.#setStatus({ kind: "live" });
  }

  #setStatus(status: Status): void {
    this.#status = status;
    this.changed();
  }
}
