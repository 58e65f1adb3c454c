import type { Receipt } from "../../live/snapshot.ts";
import { KeptReceipts } from "../kept-receipts.ts";
import { parseReceipt } from "../receipt.ts";
import type { Slot, Store, StoreFigures } from "../store.ts";
import { idOfReceipt, receiptKey, RECEIPTS } from "./keys.ts";
import type { S3Bucket } from "./s3-bucket.ts";
import { failureOf } from "./s3-failure.ts";
import { S3Upload, type UploadOptions } from "./s3-upload.ts";

/** How many receipts are read at a time. */
const READ_AT_ONCE = 16;

/** The max keys of one list. */
const MAX_KEYS = 1000;

/**
 * Uploads as objects of an S3 bucket, and their receipts beside them. Any number of relays share it.
 *
 *     PREFIX/uploads/<id>-<name>          there with the commit
 *     PREFIX/receipts/<time>-<id>.json    after it, before the sender hears of it
 */
export class S3Store implements Store {
  readonly kind = "s3";
  readonly #bucket: S3Bucket;
  readonly #parts: Pick<UploadOptions, "concurrency" | "partBytes">;
  /** Why an upload was refused is what its sender hears, and not that something is left of it, too. */
  readonly #onLeft: (error: unknown) => void;
  /** They never change. */
  readonly #kept = new KeptReceipts();

  /** @param onLeft is called with what could not be removed of an upload that was refused */
  constructor(
    bucket: S3Bucket,
    parts: Pick<UploadOptions, "concurrency" | "partBytes">,
    onLeft: (error: unknown) => void,
  ) {
    this.#bucket = bucket;
    this.#parts = parts;
    this.#onLeft = onLeft;
  }

  async create(upload: { id: string; name: string }, signal?: AbortSignal): Promise<Slot> {
    const slot = await S3Upload.begin(this.#bucket, { ...upload, ...this.#parts, signal });
    return {
      writer: slot.writer,
      commit: (receipt) => slot.commit(receipt),
      discard: () => slot.discard().catch(this.#onLeft),
    };
  }

  async list(count: number): Promise<Receipt[]> {
    const keys = await this.#bucket
      .list(RECEIPTS, Math.min(count, MAX_KEYS))
      .catch((error: unknown) => {
        throw failureOf(error, "list uploads");
      });
    const receipts: (Receipt | undefined)[] = [];
    for (let at = 0; at < keys.length; at += READ_AT_ONCE) {
      const some = keys.slice(at, at + READ_AT_ONCE).map((key) => this.find(idOfReceipt(key)));
      receipts.push(...(await Promise.all(some)));
    }
    return receipts.filter((receipt) => receipt !== undefined);
  }

  async find(id: string): Promise<Receipt | undefined> {
    const kept = this.#kept.get(id);
    if (kept !== undefined) return kept;
    const key = receiptKey(id);
    if (key === undefined) return undefined;
    const text = await this.#bucket.getText(key).catch((error: unknown) => {
      throw failureOf(error, `upload ${id}`);
    });
    const receipt = text === undefined ? undefined : parseReceipt(text);
    if (receipt !== undefined) this.#kept.add(receipt);
    return receipt;
  }

  get figures(): StoreFigures {
    return { retries: this.#bucket.retries };
  }

  close(): Promise<void> {
    return Promise.resolve(this.#bucket.close());
  }

  toString(): string {
    const { bucket, prefix, endpoint } = this.#bucket.place;
    return `s3://${bucket}/${prefix}${endpoint === undefined ? "" : ` at ${endpoint}`}`;
  }
}
