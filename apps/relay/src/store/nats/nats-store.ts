import type { Receipt } from "../../live/snapshot.ts";
import type { Slot, Store, StoreFigures } from "../store.ts";
import type { Bucket } from "./bucket.ts";
import { failureOf } from "./nats-failure.ts";
import { ObjectUpload } from "./object-upload.ts";
import { readInfo } from "./object-info.ts";
import { ReceiptFeed } from "./receipt-feed.ts";
import { Sweep } from "./sweep.ts";

/**
 * Uploads as objects of a NATS JetStream object store. Any number of relays share it: each lists what all have stored. Acknowledged
 * is what most replicas have. The name of an object is the id of its upload; its info has the receipt.
 */
export class NatsStore implements Store {
  readonly kind = "nats";
  readonly #bucket: Bucket;
  readonly #feed: ReceiptFeed;
  readonly #sweep: Sweep;

  private constructor(bucket: Bucket, feed: ReceiptFeed, sweep: Sweep) {
    this.#bucket = bucket;
    this.#feed = feed;
    this.#sweep = sweep;
  }

  /**
   * Resolves when it knows what is there.
   *
   * @param orphanMs how long an upload has no new chunk before its chunks are removed
   */
  static async open(bucket: Bucket, orphanMs: number): Promise<NatsStore> {
    const feed = new ReceiptFeed();
    await feed.start(bucket);
    const sweep = new Sweep(bucket, {
      olderThanMs: orphanMs,
      removed: feed.removed,
      onError: bucket.client.link.onError,
    });
    sweep.start();
    return new NatsStore(bucket, feed, sweep);
  }

  create({ id }: { id: string; name: string }, signal?: AbortSignal): Promise<Slot> {
    const upload = new ObjectUpload(id, this.#bucket, signal);
    return Promise.resolve({
      writer: upload.writer,
      commit: async (receipt) => {
        await upload.commit(receipt);
        this.#feed.add(receipt);
      },
      discard: () => this.#discard(upload),
    });
  }

  /** The sender does not wait for a store that can't be reached: the sweep removes the leftovers later. */
  async #discard(upload: ObjectUpload): Promise<void> {
    try {
      await upload.discard();
    } catch {
      this.#sweep.retryLater(() => upload.discard());
    }
  }

  list(count: number): Promise<Receipt[]> {
    return Promise.resolve(this.#feed.kept.newest(count));
  }

  async find(id: string): Promise<Receipt | undefined> {
    const kept = this.#feed.kept.get(id);
    if (kept !== undefined) return kept;
    const message = await this.#bucket.latest(this.#bucket.infoOf(id)).catch((error: unknown) => {
      throw failureOf(error, `upload ${id}`);
    });
    const info = message === undefined ? undefined : readInfo(message.string());
    return info !== undefined && "receipt" in info ? info.receipt : undefined;
  }

  get figures(): Required<StoreFigures> {
    return {
      isConnected: this.#bucket.client.link.isConnected,
      retries: this.#bucket.retries,
      orphansPurged: this.#sweep.orphans,
    };
  }

  async close(): Promise<void> {
    this.#feed.stop();
    await this.#sweep.stop();
    await this.#bucket.client.link.close();
  }

  toString(): string {
    return `nats://${this.#bucket.client.link.servers.join(",")}/${this.#bucket.name}`;
  }
}
