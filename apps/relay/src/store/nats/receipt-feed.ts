import { setTimeout } from "node:timers/promises";
import type { JsMsg } from "@nats-io/jetstream";
import type { Receipt } from "../../live/snapshot.ts";
import { KeptReceipts } from "../kept-receipts.ts";
import type { Bucket } from "./bucket.ts";
import { readInfo } from "./object-info.ts";

/** How often the feed checks whether all earlier infos have arrived, in milliseconds. */
const LOOK_EVERY = 250;

/** In milliseconds. If the server of the consumer dies, the client makes another one after two missed heartbeats. */
const HEARTBEATS = { idle_heartbeat: 2500, expires: 10_000 };

/** Follows the infos of a bucket: what every relay of it commits, and what is removed. */
export class ReceiptFeed {
  readonly kept = new KeptReceipts();
  /** The ids of what is not there, or not any more; their chunks are to go. */
  readonly removed = new Set<string>();
  #stop: (() => void) | undefined;

  /** Resolves when it knows all that was there at its start. */
  async start(bucket: Bucket): Promise<void> {
    const { js } = bucket.client;
    const options = { filter_subjects: bucket.infos, deliver_policy: "last_per_subject" } as const;
    const consumer = await bucket.retry("follow", undefined, () =>
      js.consumers.get(bucket.stream, options),
    );
    let left = (await consumer.info(true)).num_pending;
    const messages = await consumer.consume({
      ...HEARTBEATS,
      callback: (message: JsMsg) => {
        left--;
        this.#take(message.string());
      },
    });
    this.#stop = () => messages.stop();
    // Fewer come than there were if one was replaced meanwhile.
    for (let ms = 1; left > 0; ms = LOOK_EVERY) {
      await setTimeout(ms);
      if (left > 0 && (await consumer.info(false)).num_pending === 0) return;
    }
  }

  stop(): void {
    this.#stop?.();
  }

  /** What this relay has committed is known here at once. */
  add(receipt: Receipt): void {
    if (this.kept.get(receipt.id) === undefined) this.kept.add(receipt);
  }

  #take(text: string): void {
    const info = readInfo(text);
    if (info === undefined) return; // another program's object
    if ("receipt" in info) {
      this.add(info.receipt);
      return;
    }
    this.kept.delete(info.deleted);
    this.removed.add(info.deleted);
  }
}
