import { PENDING, type AsyncWrite, type Poll, type Waker } from "@aw/core";
import { CountingWaker } from "./counting-waker.ts";
import { PassThrough } from "./pass-through.ts";

/** A writer that tells wakes of the latest waker from wakes of earlier ones. */
export interface StaleWakerDetector extends AsyncWrite {
  /** Wakes of wakers that a later poll had replaced, while that one stayed asleep. */
  readonly staleWakes: number;
}

/**
 * Hands a new waker to each poll and passes on only the wake of the latest one (AW-WAKE-1): behind
 * it, a writer that wakes an old waker hangs, and `staleWakes` says why.
 */
export function staleWakerDetector(inner: AsyncWrite): StaleWakerDetector {
  return new StaleWakers(inner);
}

class StaleWakers extends PassThrough implements StaleWakerDetector {
  staleWakes = 0;
  #latest: CountingWaker | undefined;

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    return this.#poll(waker, (own) => super.pollWrite(own, buf));
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    return this.#poll(waker, (own) => super.pollVectoredWrite(own, bufs));
  }

  override pollFlush(waker: Waker): Poll<void> {
    return this.#poll(waker, (own) => super.pollFlush(own));
  }

  override pollClose(waker: Waker): Poll<void> {
    return this.#poll(waker, (own) => super.pollClose(own));
  }

  #poll<T>(waker: Waker, poll: (own: Waker) => Poll<T>): Poll<T> {
    const own = new CountingWaker();
    this.#latest = own;
    const answer = poll({
      wake: () => {
        own.wake();
        if (this.#latest === own) waker.wake();
        else if (this.#latest?.wakes === 0) this.staleWakes++;
      },
    });
    if (answer !== PENDING && this.#latest === own) this.#latest = undefined;
    return answer;
  }
}
