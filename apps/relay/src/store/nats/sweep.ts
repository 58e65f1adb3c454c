import { Timer } from "@aw/core/implementor";
import { timeOfUploadId } from "../../ingest/upload-id.ts";
import type { Bucket } from "./bucket.ts";
import { isWrongLastSequence } from "./nats-failure.ts";
import { tombstoneOf } from "./object-info.ts";
import { removeChunks } from "./remove-chunks.ts";

/** How soon the next run is while there are leftovers that could not be removed, in milliseconds. */
const SOON_MS = 1000;

export interface SweepOptions {
  /** How long an upload has no new chunk before it counts as given up, in milliseconds. */
  olderThanMs: number;
  /** Ids of objects that were removed: what is left of their chunks goes at once, and then they go from here. */
  removed: Set<string>;
  onError: (error: unknown) => void;
}

/**
 * Removes the chunks of uploads that were given up: their relay was killed, or could not reach the store to clean up. They
 * have no info, and no new chunk for longer than an upload can pause. Objects of other programs stay as they are.
 */
export class Sweep {
  readonly #bucket: Bucket;
  readonly #options: SweepOptions;
  readonly #timer = new Timer({ unref: true });
  /** Removals that have failed so far. */
  readonly #leftovers = new Set<() => Promise<void>>();
  #running: Promise<void> | undefined;
  readonly #stopped = new AbortController();
  /** Of how many uploads the chunks were removed. */
  orphans = 0;

  constructor(bucket: Bucket, options: SweepOptions) {
    this.#bucket = bucket;
    this.#options = options;
  }

  /** Runs now, and from then on periodically. */
  start(): void {
    const { signal } = this.#stopped;
    if (signal.aborted || this.#running !== undefined) return;
    this.#running = this.run()
      .catch((error: unknown) => {
        if (!signal.aborted) this.#options.onError(error);
      })
      .finally(() => {
        this.#running = undefined;
        this.#wait();
      });
  }

  /** Takes over a removal that has failed: it is retried until it succeeds. */
  retryLater(remove: () => Promise<void>): void {
    this.#leftovers.add(remove);
    this.#wait();
  }

  /** Tries the leftovers a last time. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#timer.clear();
    await this.#running;
    await Promise.all([...this.#leftovers].map((remove) => remove().catch(this.#options.onError)));
  }

  /** One run over all chunks. */
  async run(): Promise<void> {
    await this.#removeLeftovers();
    const bucket = this.#bucket;
    const { signal } = this.#stopped;
    const removed = new Set(this.#options.removed);
    const chunks = await bucket.count(bucket.chunksOf("*"), signal);
    const infos = await bucket.count(bucket.infos, signal);
    const { length } = bucket.chunksOf("");
    for (const subject of chunks.keys()) {
      const id = subject.slice(length);
      if (timeOfUploadId(id) === undefined) continue; // another program's
      if (removed.has(id)) await this.#remove(id);
      else if (!infos.has(bucket.infoOf(id)) && (await this.#isOld(subject)))
        await this.#giveUp(id);
    }
    for (const id of removed) this.#options.removed.delete(id);
  }

  async #isOld(subject: string): Promise<boolean> {
    const latest = await this.#bucket.latest(subject, this.#stopped.signal);
    return latest !== undefined && latest.time.getTime() < Date.now() - this.#options.olderThanMs;
  }

  /** The tombstone and a commit at the same moment both have to be the first message of the subject: one is refused. */
  async #giveUp(id: string): Promise<void> {
    const bucket = this.#bucket;
    const { signal } = this.#stopped;
    try {
      const options = { msgID: `${id}.orphan`, isFirst: true, signal };
      await bucket.publish(bucket.infoOf(id), tombstoneOf(id, bucket.name), options);
    } catch (error) {
      if (isWrongLastSequence(error)) return; // it was committed after all, or another relay was first
      throw error;
    }
    await this.#remove(id);
  }

  async #remove(id: string): Promise<void> {
    await removeChunks(this.#bucket, id, { signal: this.#stopped.signal });
    this.orphans++;
  }

  async #removeLeftovers(): Promise<void> {
    for (const remove of this.#leftovers) {
      await remove();
      this.#leftovers.delete(remove);
    }
  }

  #wait(): void {
    if (this.#stopped.signal.aborted) return;
    const { olderThanMs } = this.#options;
    const ms = this.#leftovers.size > 0 ? Math.min(SOON_MS, olderThanMs) : olderThanMs;
    this.#timer.start(ms, () => this.start());
  }
}
