import { checkAccepted, checkReady } from "../trait/accepted.ts";
import type { AsyncWrite } from "../trait/async-write.ts";
import { byteLength } from "../slab/bytes.ts";
import { describe } from "../trait/describe.ts";
import { checkWriter } from "../options/check-writer.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import { SelfDriven } from "./self-driven.ts";

/**
 * For implementors: a writer in front of another one, which passes everything on until you
 * override it. It forwards what every wrapper must (`isVectored`, `abort`, `watch`, the rest of
 * `toString`), and latches the failures of the inner writer.
 */
export abstract class LayerWriter extends SelfDriven {
  /** The writer below. */
  protected readonly inner: AsyncWrite;

  constructor(inner: AsyncWrite) {
    super();
    checkWriter(new.target.name, inner);
    this.inner = inner;
  }

  /** What this layer is called in `toString`, its options included: "gzip(6)". */
  protected abstract readonly label: string;

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.state !== "open") this.refuse();
    return this.writeInner(waker, buf);
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    if (this.state !== "open") this.refuse();
    return this.writeInnerVectored(waker, bufs);
  }

  override pollFlush(waker: Waker): Poll<void> {
    this.check();
    if (this.state !== "closed") return this.flushInner(waker);
  }

  override pollClose(waker: Waker): Poll<void> {
    this.check();
    this.beginClose();
    if (this.state !== "closed") return this.closeInner(waker);
  }

  override get isVectored(): boolean {
    return this.inner.isVectored ?? false;
  }

  protected override listenBelow(): (() => void) | undefined {
    return this.inner.onFailure?.((failure) => void this.fail(failure));
  }

  override toString(): string {
    return `${this.label} > ${describe(this.inner)}`;
  }

  protected override onAbort(reason: unknown): void {
    this.inner.abort?.(reason);
  }

  /** Polls a write of the inner writer; latches its failure and a count that can't be true. */
  protected writeInner(waker: Waker, buf: Uint8Array): Poll<number> {
    let n;
    try {
      n = this.inner.pollWrite(waker, buf);
    } catch (error) {
      throw this.fail(error);
    }
    // Small enough to be compiled into every caller, which makes a layer cost half as much.
    return n === buf.length ? n : this.#settle(waker, n, buf.length);
  }

  /** Like {@link LayerWriter.writeInner} for a vectored write. */
  protected writeInnerVectored(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    let n;
    try {
      n = this.inner.pollVectoredWrite(waker, bufs);
    } catch (error) {
      throw this.fail(error);
    }
    return this.#settle(waker, n, byteLength(bufs));
  }

  /** Polls a flush of the inner writer; latches its failure. */
  protected flushInner(waker: Waker): Poll<void> {
    try {
      const answer = this.inner.pollFlush(waker);
      if (answer === PENDING) return this.park(waker);
      if (answer !== undefined) checkReady(answer, this.inner);
    } catch (error) {
      throw this.fail(error);
    }
  }

  /** Polls a close of the inner writer; this one is closed when that is. */
  protected closeInner(waker: Waker): Poll<void> {
    try {
      const answer = this.inner.pollClose(waker);
      if (answer === PENDING) return this.park(waker);
      if (answer !== undefined) checkReady(answer, this.inner);
    } catch (error) {
      throw this.fail(error);
    }
    this.endClose();
  }

  #settle(waker: Waker, n: Poll<number>, length: number): Poll<number> {
    if (n === PENDING) return this.park(waker);
    try {
      return checkAccepted(n, length, this.inner);
    } catch (error) {
      throw this.fail(error);
    }
  }
}
