import type { FailureListener } from "../trait/async-write.ts";
import type { Engine } from "../trait/engine.ts";
import type { Poll } from "../trait/poll.ts";
import type { WriterState } from "../trait/state.ts";
import type { Waker } from "../trait/waker.ts";
import { Latch } from "./latch.ts";

/** An `AsyncWrite` over memory: it never waits. Subclasses say where the bytes go. */
export abstract class InstantEngine implements Engine {
  readonly #latch: Latch = new Latch(this, () => {});

  /** Takes the start of `buf`, as much as there is room for, and returns how much that was. */
  protected abstract take(buf: Uint8Array): number;

  /** What the writer is called in messages. */
  abstract toString(): string;

  get state(): WriterState {
    return this.#latch.state;
  }

  get isVectored(): boolean {
    return true;
  }

  pollWrite(_waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.#latch.state !== "open") this.#latch.refuse();
    return this.take(buf);
  }

  pollVectoredWrite(_waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    if (this.#latch.state !== "open") this.#latch.refuse();
    let total = 0;
    // One that is full takes nothing of those that follow.
    for (const buf of bufs) total += this.take(buf);
    return total;
  }

  pollFlush(_waker: Waker): Poll<void> {
    this.#latch.check();
  }

  pollClose(_waker: Waker): Poll<void> {
    this.#latch.check();
    this.#latch.endClose();
  }

  abort(reason?: unknown): void {
    this.#latch.abort(reason);
  }

  onFailure(listener: FailureListener): () => void {
    return this.#latch.onFailure(listener);
  }
}
