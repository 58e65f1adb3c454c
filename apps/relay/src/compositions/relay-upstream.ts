import { zstd } from "@aw/compression";
import { AsyncWriteError } from "@aw/core";
import { connect, type ConnectOptions, type ConnectTarget, type TlsConnection } from "@aw/tls";
import type { Receipt } from "../live/snapshot.ts";
import { KeptReceipts } from "../store/kept-receipts.ts";
import type { Slot, Store } from "../store/store.ts";
import { receiptOf } from "./receipt-of.ts";

/**
 * `zstd > tls` to a second relay, as the store of a first one: what a sender gives to the first is on the disk of the second
 * when the sender hears of it. Nothing is stored on the way, and backpressure goes through: a slow disk there makes the
 * sender here wait.
 */
export class UpstreamStore implements Store {
  readonly kind = "relay";
  readonly #target: ConnectTarget;
  readonly #trust: ConnectOptions;
  readonly #kept = new KeptReceipts();

  constructor(target: ConnectTarget, trust: ConnectOptions) {
    this.#target = target;
    this.#trust = trust;
  }

  async create(): Promise<Slot> {
    const upstream = await connect(this.#target, { timeout: 10_000, ...this.#trust });
    return {
      writer: zstd(upstream),
      commit: (receipt) => this.#commit(receipt, upstream),
      discard: () => Promise.resolve(upstream.abort()),
    };
  }

  /** The upload is over for us: `writer` was closed, so the second relay answers as soon as it has everything on its disk. */
  async #commit(receipt: Receipt, upstream: TlsConnection): Promise<void> {
    await using connection = upstream;
    const stored = await receiptOf(connection);
    if (stored.sha256 !== receipt.sha256 || stored.bytes !== receipt.bytes) {
      throw new AsyncWriteError(
        "ERR_AW_CORRUPT",
        `upload ${receipt.id}: the relay at ${connection} has stored other bytes than were sent; send it again`,
      );
    }
    this.#kept.add(receipt);
  }

  /** Those of this process; the second relay has all. */
  list(count: number): Promise<Receipt[]> {
    return Promise.resolve(this.#kept.newest(count));
  }

  find(id: string): Promise<Receipt | undefined> {
    return Promise.resolve(this.#kept.get(id));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  toString(): string {
    const { host = "localhost", port } = this.#target as { host?: string; port: number };
    return `relay tls://${host}:${port}`;
  }
}
