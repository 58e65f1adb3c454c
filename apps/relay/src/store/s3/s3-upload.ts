import { AsyncWriteError, CompletionEngine, Writer } from "@aw/core";
import type { CompletedPart } from "@aws-sdk/client-s3";
import type { Receipt } from "../../live/snapshot.ts";
import type { Slot } from "../store.ts";
import { receiptKey, uploadKey } from "./keys.ts";
import { PartDestination } from "./part-destination.ts";
import type { S3Bucket } from "./s3-bucket.ts";
import { failureOf, isMissing } from "./s3-failure.ts";

export interface UploadOptions {
  id: string;
  name: string;
  partBytes: number;
  concurrency: number;
  signal?: AbortSignal | undefined;
}

/** One upload on its way into a bucket, in parts. The object is there with the commit, and then its receipt. */
export class S3Upload implements Slot {
  readonly writer: Writer;
  readonly #bucket: S3Bucket;
  readonly #options: UploadOptions;
  readonly #key: string;
  readonly #uploadId: string;
  readonly #destination: PartDestination;
  readonly #parts: CompletedPart[] = [];
  #isCommitting = false;

  private constructor(bucket: S3Bucket, options: UploadOptions, uploadId: string) {
    const { id, name, partBytes, concurrency } = options;
    this.#bucket = bucket;
    this.#options = options;
    this.#key = uploadKey(id, name);
    this.#uploadId = uploadId;
    this.#destination = new PartDestination({
      partBytes,
      concurrency,
      send: (body, number, destroyed) => this.#send(body, number, destroyed),
      label: `s3 ${bucket.place.bucket}/${this.#key}`,
    });
    this.writer = new Writer(new CompletionEngine(this.#destination));
  }

  static async begin(bucket: S3Bucket, options: UploadOptions): Promise<S3Upload> {
    const { id, name, signal } = options;
    try {
      const uploadId = await bucket.begin(uploadKey(id, name), { signal });
      return new S3Upload(bucket, options, uploadId);
    } catch (error) {
      throw failureOf(error, `upload ${id}`);
    }
  }

  async commit(receipt: Receipt): Promise<void> {
    const { id, signal } = this.#options;
    this.#isCommitting = true;
    try {
      await this.#complete(receipt);
      const key = receiptKey(id) as string;
      await this.#bucket.putText(key, JSON.stringify(receipt), { signal });
    } catch (error) {
      throw failureOf(error, `upload ${id}`);
    }
  }

  /** An abort removes only the parts that have arrived, so those in flight are awaited first. */
  async discard(): Promise<void> {
    await this.#destination.settled();
    const { id } = this.#options;
    const removals = [this.#bucket.abort(this.#key, this.#uploadId)];
    if (this.#isCommitting) {
      const key = receiptKey(id) as string;
      removals.push(this.#bucket.remove(key), this.#bucket.remove(this.#key));
    }
    await Promise.all(removals).catch((error: unknown) => {
      throw failureOf(error, `upload ${id} could not be removed`);
    });
  }

  async #send(body: Uint8Array, number: number, destroyed: AbortSignal): Promise<void> {
    const { id, signal: ended } = this.#options;
    const signal = ended === undefined ? destroyed : AbortSignal.any([ended, destroyed]);
    try {
      const part = await this.#bucket.sendPart(this.#key, this.#uploadId, { body, number, signal });
      this.#parts[number - 1] = part;
    } catch (error) {
      throw failureOf(error, `upload ${id}, part ${number}`);
    }
  }

  /** Asked twice, a server knows the upload no more: then the object is there, or nothing is. */
  async #complete({ bytes }: Receipt): Promise<void> {
    const { id, signal } = this.#options;
    try {
      await this.#bucket.complete(this.#key, this.#uploadId, { parts: this.#parts, signal });
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    const size = await this.#bucket.sizeOf(this.#key);
    if (size === bytes) return;
    throw new AsyncWriteError(
      "ERR_AW_IO",
      `upload ${id}: of ${bytes} bytes ${size ?? "none"} are in the bucket; send it again`,
    );
  }
}
