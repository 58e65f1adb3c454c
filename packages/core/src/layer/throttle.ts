import type { AsyncWrite } from "../trait/async-write.ts";
import { byteLength, formatSize, prefix } from "../slab/bytes.ts";
import { checkOptions } from "../options/check-options.ts";
import { POSITIVE_COUNT, POSITIVE_NUMBER, required, type Schema } from "../options/rules.ts";
import { PassThrough } from "../engine/pass-through.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import { Reader } from "../reader/reader.ts";
import { Writer } from "../writer/writer.ts";
import { checkInner, layerOn, type LayerSink, type LayerSource } from "./both-ways.ts";
import { ThrottleReading } from "./parts/throttle-reading.ts";
import { TokenBucket } from "./parts/token-bucket.ts";

/** The rate of {@link throttle}, and how much may go at once. */
export interface ThrottleOptions {
  /** The rate over time. */
  bytesPerSecond: number;
  /** How many bytes may go at once after a pause. Default: what goes in a tenth of a second. */
  burst?: number | undefined;
}

/** For options of others that hold a throttle. */
export const THROTTLE: Schema<ThrottleOptions> = {
  bytesPerSecond: required(POSITIVE_NUMBER),
  burst: POSITIVE_COUNT,
};

/**
 * Holds writes to a rate, by a token bucket: the bucket fills at `bytesPerSecond` up to `burst`, and
 * a write takes what is in it. With little in the bucket, less than what comes within 50 ms, writes that
 * need more are PENDING. Flush and close are not held back. Of a reader it holds back reads, and so the source, but not an end or a failure.
 *
 * ```ts
 * import { memory, throttle } from "@aw/core";
 *
 * const out = throttle(memory(), { bytesPerSecond: 1_000_000 });
 * await out.writeAll("at once: a tenth of a second's worth is");
 * await out.close();
 * ```
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is neither a writer nor a reader, and unless
 * bytesPerSecond is a positive number and burst a positive count of bytes
 */
export function throttle(inner: LayerSink, options: ThrottleOptions): Writer;
export function throttle(inner: LayerSource, options: ThrottleOptions): Reader;
export function throttle(
  inner: LayerSink | LayerSource,
  options: ThrottleOptions,
): Writer | Reader {
  checkInner("throttle", inner);
  checkOptions("throttle", options, THROTTLE);
  const { bytesPerSecond, burst = Math.max(1, bytesPerSecond / 10) } = options;
  const bucket = new TokenBucket(bytesPerSecond, burst);
  const label = `throttle(${formatSize(bytesPerSecond)}/s)`;
  return layerOn(
    inner,
    (writer) => new Writer(new ThrottleLayer(writer, label, bucket)),
    (reader) => new Reader(new ThrottleReading(reader, label, bucket)),
  );
}

class ThrottleLayer extends PassThrough {
  readonly #bucket: TokenBucket;

  constructor(inner: AsyncWrite, label: string, bucket: TokenBucket) {
    super(inner, label);
    this.#bucket = bucket;
  }

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.state !== "open") this.latch.refuse();
    const allowed = this.#bucket.allowed(buf.length);
    if (allowed === 0 && buf.length > 0) return this.#wait(waker, buf.length);
    const n = this.writeInner(waker, allowed === buf.length ? buf : buf.subarray(0, allowed));
    return this.#spend(n);
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    if (this.state !== "open") this.latch.refuse();
    const length = byteLength(bufs);
    const allowed = this.#bucket.allowed(length);
    if (allowed === 0 && length > 0) return this.#wait(waker, length);
    const n = this.writeInnerVectored(waker, allowed === length ? bufs : prefix(bufs, allowed));
    return this.#spend(n);
  }

  override pollClose(waker: Waker): Poll<void> {
    this.#bucket.clear();
    return super.pollClose(waker);
  }

  protected override cleanUp(): void {
    this.#bucket.clear();
  }

  #spend(n: Poll<number>): Poll<number> {
    if (n !== PENDING) this.#bucket.spend(n);
    return n;
  }

  #wait(waker: Waker, length: number): Poll<number> {
    this.#bucket.wait(length, () => this.latch.wake());
    return this.latch.register(waker);
  }
}
