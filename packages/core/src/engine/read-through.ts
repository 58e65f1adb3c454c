import { checkReader } from "../options/check-reader.ts";
import type { AsyncBufRead } from "../trait/async-buf-read.ts";
import { checkFilled } from "../trait/consumed.ts";
import { describe } from "../trait/describe.ts";
import type { AsyncWriteError } from "../trait/error.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import { Latch } from "./latch.ts";

/**
 * A layer that passes bytes on to who reads, as they are: what `PassThrough` is for writers. It forwards
 * `consume` and `abort`, latches the failures of the inner reader, and shows a poll's view where it is.
 *
 * For implementors: extend it, and override what differs. It has no `pollTake`, so that there is one way
 * in which bytes pass.
 *
 * ```ts
 * class CountingBytes extends ReadThrough {
 *   bytes = 0;
 *   override consume(amount: number): void {
 *     super.consume(amount);
 *     this.bytes += amount;
 *   }
 * }
 * ```
 */
export class ReadThrough implements AsyncBufRead {
  /** The reader below. */
  protected readonly inner: AsyncBufRead;
  /** Failure and waker of this layer. */
  protected readonly latch: Latch;
  /** What this layer is called in `toString`, its options included: "limit(1 MiB)". */
  protected readonly label: string;

  constructor(inner: AsyncBufRead, label: string) {
    checkReader(new.target.name, inner);
    this.inner = inner;
    this.label = label;
    this.latch = new Latch(this, (failure) => this.cleanUp(failure));
  }

  pollFillBuf(waker: Waker): Poll<Uint8Array> {
    this.latch.check();
    return this.fillFromInner(waker);
  }

  consume(amount: number): void {
    this.inner.consume(amount);
  }

  abort(reason?: unknown): void {
    if (this.latch.abort(reason)) this.inner.abort?.(reason);
  }

  toString(): string {
    return `${this.label} < ${describe(this.inner)}`;
  }

  /** Releases memory and timers of this layer. Called once, when it failed or was aborted. */
  protected cleanUp(_failure: AsyncWriteError): void {}

  /** Polls the inner reader; latches its failure, and that it has ended. */
  protected fillFromInner(waker: Waker): Poll<Uint8Array> {
    const answer = this.pollInner(waker);
    if (answer !== PENDING && answer.length === 0) this.latch.endClose();
    return answer;
  }

  /** Polls the inner reader; latches its failure. For a layer that has something to do at the end. */
  protected pollInner(waker: Waker): Poll<Uint8Array> {
    let answer;
    try {
      answer = checkFilled(this.inner.pollFillBuf(waker), this.inner);
    } catch (error) {
      throw this.latch.fail(error);
    }
    return answer === PENDING ? this.latch.register(waker) : answer;
  }
}
