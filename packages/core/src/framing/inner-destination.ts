import type { Destination } from "../engine/destination.ts";
import { costOf, mustYield } from "../task/coop.ts";
import { schedule, type Runnable } from "../task/executor.ts";
import { checkAccepted, checkReady, writeZero } from "../trait/accepted.ts";
import type { AsyncWrite } from "../trait/async-write.ts";
import { describe } from "../trait/describe.ts";
import type { Done } from "../trait/done.ts";
import { engineOf } from "../trait/engine.ts";
import type { AsyncWriteError } from "../trait/error.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";

/**
 * Another writer as the destination of an engine, which gathers for it. It is the waker of the inner
 * writer, so a step that has begun goes on whether or not anybody polls the engine.
 */
export class InnerDestination implements Destination, Waker, Runnable {
  readonly #inner: AsyncWrite;
  /** What the step under way polls, and what answers it. */
  #step: { poll(): Poll<void>; done: Done } | undefined;
  #scheduled = false;
  #isClosed = false;
  /** Whether the failure is one of the inner writer, which is left as it is then (AW-FAIL-4). */
  #innerFailed = false;

  constructor(inner: AsyncWrite) {
    this.#inner = engineOf(inner);
  }

  transmit(bytes: Uint8Array, done: Done): void {
    let rest = bytes;
    this.#begin(() => {
      while (rest.length > 0) {
        const n = this.#inner.pollWrite(this, rest);
        if (n === PENDING) return PENDING;
        if (n === 0) throw writeZero(this.#inner);
        rest = rest.subarray(checkAccepted(n, rest.length, this.#inner));
        if (rest.length > 0 && mustYield(costOf(n), this)) return PENDING;
      }
    }, done);
  }

  commit(done: Done): void {
    this.#begin(() => this.#ready(this.#inner.pollFlush(this)), done);
  }

  finish(done: Done): void {
    this.#begin(() => {
      if (this.#ready(this.#inner.pollClose(this)) === PENDING) return PENDING;
      this.#isClosed = true;
    }, done);
  }

  destroy(failure: AsyncWriteError): void {
    this.#step = undefined;
    if (!this.#innerFailed) this.#inner.abort?.(failure.cause);
  }

  /** An abort after a failure reaches the inner writer, too. One after close goes no further. */
  abandon(reason: unknown): void {
    if (!this.#isClosed) this.#inner.abort?.(reason);
  }

  wake(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    schedule(this);
  }

  run(): void {
    this.#scheduled = false;
    const step = this.#step;
    if (step === undefined) return;
    try {
      if (step.poll() === PENDING) return;
    } catch (error) {
      this.#innerFailed = true;
      step.done(error);
      return;
    }
    this.#step = undefined;
    step.done();
  }

  toString(): string {
    return describe(this.#inner);
  }

  #begin(poll: () => Poll<void>, done: Done): void {
    this.#step = { poll, done };
    this.run();
  }

  #ready(answer: Poll<void>): Poll<void> {
    if (answer !== undefined && answer !== PENDING) checkReady(answer, this.#inner);
    return answer;
  }
}
