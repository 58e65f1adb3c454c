import { checkWriter } from "../options/check-writer.ts";
import { byteLength } from "../slab/bytes.ts";
import { checkAccepted, checkReady } from "../trait/accepted.ts";
import type { AsyncWrite, FailureListener } from "../trait/async-write.ts";
import { describe } from "../trait/describe.ts";
import { engineOf, type Engine } from "../trait/engine.ts";
import type { AsyncWriteError } from "../trait/error.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { WriterState } from "../trait/state.ts";
import type { Waker } from "../trait/waker.ts";
import { Latch } from "./latch.ts";

/**
 * A layer that passes bytes on as they are. It forwards what every wrapper must (`isVectored`,
 * `abort`, `onFailure`), latches the failures of the inner writer, and refuses counts that can't be
 * true. As it is, it makes an engine of anything that has the four methods of the trait.
 *
 * For implementors: extend it, and override what differs. Call {@link PassThrough.latch}'s `refuse`
 * first in `pollWrite` unless its state is "open", and its `check` first in the other polls.
 *
 * ```ts
 * import { memory, PassThrough, Writer, type Poll, type Waker } from "@aw/core";
 *
 * class CountingCalls extends PassThrough {
 *   calls = 0;
 *
 *   override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
 *     this.calls++;
 *     return super.pollWrite(waker, buf);
 *   }
 * }
 * const layer = new CountingCalls(memory());
 * await new Writer(layer).writeAll("hello");
 * console.log(layer.calls); // 1
 * ```
 */
export class PassThrough implements Engine {
  /** The writer below: the engine of it, if it is a `Writer`. */
  protected readonly inner: AsyncWrite;
  /** State, failure and waker of this layer. */
  protected readonly latch: Latch;
  /** What this layer is called in `toString`, its options included: "limit(1 MiB)". */
  protected readonly label: string | undefined;
  /** That of the latch: each layer looks at it in each write. */
  #state: WriterState = "open";

  constructor(inner: AsyncWrite, label?: string) {
    checkWriter(new.target.name, inner);
    this.inner = engineOf(inner);
    this.label = label;
    this.latch = new Latch(
      this,
      (failure) => this.cleanUp(failure),
      (state) => {
        this.#state = state;
      },
    );
  }

  get state(): WriterState {
    return this.#state;
  }

  get isVectored(): boolean {
    return this.inner.isVectored ?? false;
  }

  pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.#state !== "open") this.latch.refuse();
    return this.writeInner(waker, buf);
  }

  pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    if (this.#state !== "open") this.latch.refuse();
    return this.writeInnerVectored(waker, bufs);
  }

  pollFlush(waker: Waker): Poll<void> {
    this.latch.check();
    if (this.latch.state !== "closed") return this.flushInner(waker);
  }

  pollClose(waker: Waker): Poll<void> {
    this.latch.check();
    this.latch.beginClose();
    if (this.latch.state !== "closed") return this.closeInner(waker);
  }

  abort(reason?: unknown): void {
    if (this.latch.abort(reason)) this.abortInner(reason);
  }

  onFailure(listener: FailureListener): () => void {
    return this.latch.onFailure(listener, () =>
      this.inner.onFailure?.((failure) => void this.latch.fail(failure)),
    );
  }

  toString(): string {
    const inner = describe(this.inner);
    return this.label === undefined ? inner : `${this.label} > ${inner}`;
  }

  /** Releases memory and timers of this layer. Called once, when it failed or was aborted. */
  protected cleanUp(_failure: AsyncWriteError): void {}

  /** Passes an abort on. Called once. */
  protected abortInner(reason: unknown): void {
    this.inner.abort?.(reason);
  }

  /** Polls a write of the inner writer; latches its failure, and a count that can't be true. */
  protected writeInner(waker: Waker, buf: Uint8Array): Poll<number> {
    let n;
    try {
      n = this.inner.pollWrite(waker, buf);
    } catch (error) {
      throw this.latch.fail(error);
    }
    // Small enough to be compiled into every caller, which makes a layer cost half as much.
    return n === buf.length ? n : this.#settle(waker, n, buf.length);
  }

  /** Like {@link PassThrough.writeInner} for a vectored write. */
  protected writeInnerVectored(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    let n;
    try {
      n = this.inner.pollVectoredWrite(waker, bufs);
    } catch (error) {
      throw this.latch.fail(error);
    }
    return this.#settle(waker, n, byteLength(bufs));
  }

  /** Polls a flush of the inner writer; latches its failure. */
  protected flushInner(waker: Waker): Poll<void> {
    try {
      const answer = this.inner.pollFlush(waker);
      if (answer === PENDING) return this.latch.register(waker);
      if (answer !== undefined) checkReady(answer, this.inner);
    } catch (error) {
      throw this.latch.fail(error);
    }
  }

  /** Polls a close of the inner writer; this one is closed when that is. */
  protected closeInner(waker: Waker): Poll<void> {
    try {
      const answer = this.inner.pollClose(waker);
      if (answer === PENDING) return this.latch.register(waker);
      if (answer !== undefined) checkReady(answer, this.inner);
    } catch (error) {
      throw this.latch.fail(error);
    }
    this.latch.endClose();
  }

  #settle(waker: Waker, n: Poll<number>, length: number): Poll<number> {
    if (n === PENDING) return this.latch.register(waker);
    try {
      return checkAccepted(n, length, this.inner);
    } catch (error) {
      throw this.latch.fail(error);
    }
  }
}
