import type { FailureListener } from "../trait/async-write.ts";
import { describe } from "../trait/describe.ts";
import type { Engine } from "../trait/engine.ts";
import type { Poll } from "../trait/poll.ts";
import type { WriterState } from "../trait/state.ts";
import type { Waker } from "../trait/waker.ts";
import { Latch } from "./latch.ts";

/** Where bytes are at once where they belong: memory. */
export interface Receptacle {
  /** Takes the start of `buf`, as much as there is room for, and returns how much that was. */
  take(buf: Uint8Array): number;

  /** What the writer is called in messages. */
  toString?(): string;
}

/** An `AsyncWrite` over memory: it never waits. */
export class InstantEngine implements Engine {
  readonly #receptacle: Receptacle;
  readonly #latch: Latch = new Latch(this, () => {});

  constructor(receptacle: Receptacle) {
    this.#receptacle = receptacle;
  }

  get state(): WriterState {
    return this.#latch.state;
  }

  get isVectored(): boolean {
    return true;
  }

  pollWrite(_waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.#latch.state !== "open") this.#latch.refuse();
    return this.#receptacle.take(buf);
  }

  pollVectoredWrite(_waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    if (this.#latch.state !== "open") this.#latch.refuse();
    let total = 0;
    for (const buf of bufs) {
      const taken = this.#receptacle.take(buf);
      total += taken;
      if (taken < buf.length) break;
    }
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

  toString(): string {
    return describe(this.#receptacle);
  }
}
