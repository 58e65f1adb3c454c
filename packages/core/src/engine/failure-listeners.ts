import type { FailureListener } from "../trait/async-write.ts";
import type { AsyncWriteError } from "../trait/error.ts";

/** An entry for each call, so that the same function can be added twice, and removed once. */
interface Entry {
  readonly listener: FailureListener;
  isListed: boolean;
  previous: Entry | undefined;
  next: Entry | undefined;
}

/**
 * Who has to hear of the failure of one writer (AW-FAIL-5, AW-FAIL-6). Listens to the writers below
 * only as long as somebody listens here, so that a layer leaves nothing behind on what it was put on.
 */
export class FailureListeners {
  /** A list: there is one listener at most times, and a Set takes ten times as much memory. */
  #first: Entry | undefined;
  #last: Entry | undefined;
  readonly #listenBelow: () => (() => void) | undefined;
  #stopBelow: (() => void) | undefined;

  /** @param listenBelow listens to the writers below; returns what ends that */
  constructor(listenBelow: () => (() => void) | undefined) {
    this.#listenBelow = listenBelow;
  }

  /** @param failure what the writer has failed of already, if it has */
  add(listener: FailureListener, failure: AsyncWriteError | undefined): () => void {
    const entry: Entry = { listener, isListed: true, previous: this.#last, next: undefined };
    if (this.#last === undefined) this.#first = entry;
    else this.#last.next = entry;
    this.#last = entry;
    if (failure === undefined) this.#stopBelow ??= this.#listenBelow();
    else this.#callLater(entry, failure);
    return () => {
      if (this.#remove(entry) && this.#first === undefined) this.#stopListening();
    };
  }

  /** The writer has failed: calls everybody, each in a microtask of its own. */
  settle(failure: AsyncWriteError): void {
    this.#stopListening();
    for (let entry = this.#first; entry !== undefined; entry = entry.next) {
      this.#callLater(entry, failure);
    }
  }

  /** The writer is closed, and will not fail any more. */
  clear(): void {
    this.#stopListening();
    while (this.#first !== undefined) this.#remove(this.#first);
  }

  #callLater(entry: Entry, failure: AsyncWriteError): void {
    queueMicrotask(() => {
      // It may have been removed meanwhile.
      if (this.#remove(entry)) entry.listener(failure);
    });
  }

  /** Returns whether it was still there. */
  #remove(entry: Entry): boolean {
    if (!entry.isListed) return false;
    entry.isListed = false;
    const { previous, next } = entry;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    return true;
  }

  #stopListening(): void {
    this.#stopBelow?.();
    this.#stopBelow = undefined;
  }
}
