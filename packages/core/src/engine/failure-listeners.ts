import type { FailureListener } from "../trait/async-write.ts";
import type { AsyncWriteError } from "../trait/error.ts";

interface Entry {
  readonly listener: FailureListener;
}

/**
 * Who has to hear of the failure of one writer (AW-FAIL-5, AW-FAIL-6). Listens to the writers below
 * only as long as somebody listens here, so that a layer leaves nothing behind on what it was put on.
 */
export class FailureListeners {
  /** An entry for each call, so that the same function can be added twice, and removed once. */
  readonly #entries = new Set<Entry>();
  readonly #listenBelow: () => (() => void) | undefined;
  #stopBelow: (() => void) | undefined;

  /** @param listenBelow listens to the writers below; returns what ends that */
  constructor(listenBelow: () => (() => void) | undefined) {
    this.#listenBelow = listenBelow;
  }

  /** @param failure what the writer has failed of already, if it has */
  add(listener: FailureListener, failure: AsyncWriteError | undefined): () => void {
    const entry = { listener };
    this.#entries.add(entry);
    if (failure === undefined) this.#stopBelow ??= this.#listenBelow();
    else this.#callLater(entry, failure);
    return () => {
      if (this.#entries.delete(entry) && this.#entries.size === 0) this.#stopListening();
    };
  }

  /** The writer has failed: calls everybody, each in a microtask of its own. */
  settle(failure: AsyncWriteError): void {
    this.#stopListening();
    for (const entry of this.#entries) this.#callLater(entry, failure);
  }

  /** The writer is closed, and will not fail any more. */
  clear(): void {
    this.#stopListening();
    this.#entries.clear();
  }

  #callLater(entry: Entry, failure: AsyncWriteError): void {
    queueMicrotask(() => {
      // It may have been removed meanwhile.
      if (this.#entries.delete(entry)) entry.listener(failure);
    });
  }

  #stopListening(): void {
    this.#stopBelow?.();
    this.#stopBelow = undefined;
  }
}
