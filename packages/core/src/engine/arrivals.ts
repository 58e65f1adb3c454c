import type { Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import { ChunkQueue, NO_BYTES } from "./chunk-queue.ts";
import type { Latch } from "./latch.ts";

/** How a source ended: complete, or not. */
export type Ending = "end" | { readonly error: unknown };

/**
 * What has come to a reader and nobody has read: chunks, and then how the source ended. An end and a
 * failure are told only after the bytes that came before (AW-READ-6).
 */
export class Arrivals {
  readonly chunks: ChunkQueue = new ChunkQueue();
  readonly #latch: Latch;
  #ending: Ending | undefined;

  constructor(latch: Latch) {
    this.#latch = latch;
  }

  /** How the source ended, if it has. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** Whether more can come. */
  get isOpen(): boolean {
    return this.#ending === undefined && this.#latch.state === "open";
  }

  /** The chunk belongs to the reader from now on. Dropped unless it is open. */
  add(chunk: Uint8Array): void {
    if (chunk.length === 0 || !this.isOpen) return;
    this.chunks.add(chunk);
    // Nobody waits while there are chunks: then it wakes nobody.
    this.#latch.wake();
  }

  /** The same of a copy: the bytes stay the caller's. */
  addCopy(bytes: Uint8Array): void {
    if (bytes.length === 0 || !this.isOpen) return;
    this.chunks.addCopy(bytes);
    this.#latch.wake();
  }

  /** Nothing more comes. The first ending counts, except that a failure undoes an end. */
  finish(ending: Ending): void {
    if (this.#latch.state !== "open") return;
    if (this.#ending !== undefined && this.#ending !== "end") return;
    this.#ending = ending;
    this.#latch.wake();
  }

  /** The answer of a poll. */
  poll(waker: Waker): Poll<Uint8Array> {
    if (!this.chunks.isEmpty) return this.chunks.head;
    this.#latch.check();
    if (this.#ending === undefined) return this.#latch.register(waker);
    if (this.#ending !== "end") throw this.#latch.fail(this.#ending.error);
    this.#latch.endClose();
    return NO_BYTES;
  }
}
