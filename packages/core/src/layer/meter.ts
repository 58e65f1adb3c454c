import type { AsyncWrite } from "../trait/async-write.ts";
import { checkWriter } from "../options/check-writer.ts";
import { PassThrough } from "../engine/pass-through.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import { Writer } from "../writer/writer.ts";

/**
 * Counts what goes through: bytes, calls, and the time that the inner writer made it wait.
 *
 * ```ts
 * import { memory, meter } from "@aw/core";
 *
 * const out = meter(memory());
 * await out.writeAll("hello");
 * console.log(out.bytes, out.writes); // 5 1
 * ```
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is not a writer
 */
export function meter(inner: AsyncWrite): MeterWriter {
  checkWriter("meter", inner);
  return new MeterWriter(new MeterLayer(inner, "meter"));
}

/** The writer of {@link meter}. */
export class MeterWriter extends Writer {
  readonly #layer: MeterLayer;

  constructor(layer: MeterLayer) {
    super(layer);
    this.#layer = layer;
  }

  /** Bytes that the inner writer accepted. */
  get bytes(): number {
    return this.#layer.bytes;
  }

  /** Writes that were ready. */
  get writes(): number {
    return this.#layer.writes;
  }

  /** Flushes that were ready. */
  get flushes(): number {
    return this.#layer.flushes;
  }

  /** How often a poll of any kind was PENDING. */
  get pendings(): number {
    return this.#layer.pendings;
  }

  /** Whether the latest poll was PENDING: the inner writer makes it wait. */
  get isPending(): boolean {
    return this.#layer.isPending;
  }

  /**
   * Milliseconds from a PENDING to the next answer that was not, summed up; the current wait
   * included.
   */
  get pendingTime(): number {
    return this.#layer.pendingTime;
  }
}

class MeterLayer extends PassThrough {
  bytes = 0;
  writes = 0;
  flushes = 0;
  pendings = 0;
  #waited = 0;
  #pendingSince: number | undefined;

  get isPending(): boolean {
    return this.#pendingSince !== undefined;
  }

  get pendingTime(): number {
    const current = this.#pendingSince === undefined ? 0 : performance.now() - this.#pendingSince;
    return this.#waited + current;
  }

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    return this.#written(super.pollWrite(waker, buf));
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    return this.#written(super.pollVectoredWrite(waker, bufs));
  }

  override pollFlush(waker: Waker): Poll<void> {
    const result = this.#answered(super.pollFlush(waker));
    if (result !== PENDING) this.flushes++;
    return result;
  }

  override pollClose(waker: Waker): Poll<void> {
    return this.#answered(super.pollClose(waker));
  }

  protected override cleanUp(): void {
    this.#endPending();
  }

  #written(n: Poll<number>): Poll<number> {
    if (this.#answered(n) !== PENDING) {
      this.bytes += n as number;
      this.writes++;
    }
    return n;
  }

  #answered<T>(result: Poll<T>): Poll<T> {
    if (result === PENDING) {
      this.pendings++;
      this.#pendingSince ??= performance.now();
    } else if (this.#pendingSince !== undefined) {
      this.#endPending();
    }
    return result;
  }

  #endPending(): void {
    this.#waited = this.pendingTime;
    this.#pendingSince = undefined;
  }
}
