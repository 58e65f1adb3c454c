import { AsyncWriteError, CompletionEngine, Writer } from "@aw/core";
import type { Receipt } from "../../live/snapshot.ts";
import type { Slot } from "../store.ts";
import type { Bucket } from "./bucket.ts";
import { ChunkDestination } from "./chunk-destination.ts";
import { failureOf, isWrongLastSequence } from "./nats-failure.ts";
import { infoOf, readInfo, tombstoneOf } from "./object-info.ts";
import { removeChunks } from "./remove-chunks.ts";

/** How large a chunk is at most, in bytes: what clients of NATS use. */
const CHUNK_BYTES = 128 * 1024;

/** What is left for the headers of a chunk, in bytes. */
const HEADER_BYTES = 1024;

/** How long a clean-up is retried, in milliseconds, before it is left to the sweep: the sender waits for it. */
const DISCARD_MS = 3000;

/**
 * One upload on its way into an object store: each chunk is stored before the next one is sent, and the info comes last. Until it
 * is there, the object is not visible; as it has to be the first of its subject, an upload is there once or not at all.
 */
export class ObjectUpload implements Slot {
  readonly writer: Writer;
  readonly id: string;
  readonly #bucket: Bucket;
  readonly #signal: AbortSignal | undefined;
  #chunks = 0;
  /** Where the chunks are in the stream, as far as it has said so. */
  readonly #sequences: number[] = [];
  /** Whether a chunk was sent more than once, so that it has to be looked up whether it is there once. */
  #isDoubtful = false;
  /** What was sent last, and goes on after an abort. */
  #attempt: Promise<unknown> = Promise.resolve();
  #isCommitting = false;

  constructor(id: string, bucket: Bucket, signal: AbortSignal | undefined) {
    this.id = id;
    this.#bucket = bucket;
    this.#signal = signal;
    const capacity = Math.min(CHUNK_BYTES, bucket.client.link.maxPayload - HEADER_BYTES);
    const destination = new ChunkDestination(
      (bytes, destroyed) => this.#store(bytes, destroyed),
      `nats ${bucket.name}/${id}`,
    );
    this.writer = new Writer(new CompletionEngine(destination, { capacity }));
  }

  async commit(receipt: Receipt): Promise<void> {
    const bucket = this.#bucket;
    const signal = this.#signal;
    try {
      if (this.#isDoubtful) await this.#checkChunks();
      this.#isCommitting = true;
      const info = infoOf(receipt, bucket.name, this.#chunks);
      const options = { msgID: `${this.id}.info`, isFirst: true, rollup: true, signal };
      const { wasRepeated } = await bucket
        .publish(bucket.infoOf(this.id), info, options)
        // The first attempt may have arrived, and only its answer been lost.
        .catch((error: unknown) => {
          if (isWrongLastSequence(error)) return { wasRepeated: true };
          throw error;
        });
      if (wasRepeated) await this.#checkInfo(receipt);
    } catch (error) {
      throw failureOf(error, `upload ${receipt.id}`);
    }
  }

  /** First a tombstone, so that a commit still in flight cannot make the object visible; then its chunks are removed. */
  async discard(): Promise<void> {
    const bucket = this.#bucket;
    const signal = AbortSignal.timeout(DISCARD_MS);
    await this.#attempt.catch(() => {}); // a chunk that comes after the removal would stay
    if (this.#isCommitting) {
      const options = { msgID: `${this.id}.removed`, rollup: true, signal };
      await bucket.publish(bucket.infoOf(this.id), tombstoneOf(this.id, bucket.name), options);
    }
    if (this.#chunks > 0) await removeChunks(bucket, this.id, { known: this.#sequences, signal });
  }

  async #store(bytes: Uint8Array, destroyed: AbortSignal): Promise<void> {
    const bucket = this.#bucket;
    const signal =
      this.#signal === undefined ? destroyed : AbortSignal.any([this.#signal, destroyed]);
    const msgID = `${this.id}.${this.#chunks++}`;
    try {
      const { seq, wasRepeated } = await bucket.publish(bucket.chunksOf(this.id), bytes, {
        msgID,
        signal,
        onAttempt: (attempt) => {
          this.#attempt = attempt;
        },
      });
      if (seq <= (this.#sequences.at(-1) ?? 0)) throw this.#disordered();
      this.#sequences.push(seq);
      this.#isDoubtful ||= wasRepeated;
    } catch (error) {
      throw failureOf(error, `upload ${this.id}`);
    }
  }

  /** What was sent twice may be there twice, where a leader has forgotten what its predecessor knew. */
  async #checkChunks(): Promise<void> {
    const subject = this.#bucket.chunksOf(this.id);
    const counts = await this.#bucket.count(subject, this.#signal);
    if ((counts.get(subject) ?? 0) !== this.#chunks) throw this.#disordered();
  }

  async #checkInfo(receipt: Receipt): Promise<void> {
    const stored = await this.#bucket.latest(this.#bucket.infoOf(this.id), this.#signal);
    const info = stored === undefined ? undefined : readInfo(stored.string());
    const isOurs =
      info !== undefined && "receipt" in info && info.receipt.sha256 === receipt.sha256;
    if (!isOurs) throw this.#disordered();
  }

  #disordered(): AsyncWriteError {
    return new AsyncWriteError(
      "ERR_AW_IO",
      `upload ${this.id}: the stream of bucket ${this.#bucket.name} has lost or doubled a part of it; send it again`,
    );
  }
}
