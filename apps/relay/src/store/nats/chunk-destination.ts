import type { Destination, Done } from "@aw/core";
import { AsyncWriteError } from "@aw/core";

/** Where chunks go, one after the other. Resolves when this one is stored. */
export type StoreChunk = (bytes: Uint8Array, signal: AbortSignal) => Promise<void>;

/**
 * Chunks for an object store that says when it has each. The engine keeps the bytes of a chunk as they are until then: that is
 * what a chunk is sent from again. While one is in flight the next one fills, and then the writer waits.
 */
export class ChunkDestination implements Destination {
  readonly #store: StoreChunk;
  readonly #label: string;
  readonly #destroyed = new AbortController();

  constructor(store: StoreChunk, label: string) {
    this.#store = store;
    this.#label = label;
  }

  transmit(bytes: Uint8Array, done: Done): void {
    this.#store(bytes, this.#destroyed.signal).then(
      () => done(),
      (error: unknown) => done(AsyncWriteError.from(error, this.#label)),
    );
  }

  destroy(failure: AsyncWriteError): void {
    this.#destroyed.abort(failure);
  }

  toString(): string {
    return this.#label;
  }
}
