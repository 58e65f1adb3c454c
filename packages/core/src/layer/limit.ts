import type { AsyncWrite } from "../trait/async-write.ts";
import { byteLength, formatSize, prefix } from "../slab/bytes.ts";
import { checkArgument } from "../options/check-options.ts";
import { COUNT } from "../options/rules.ts";
import type { AsyncBufRead } from "../trait/async-buf-read.ts";
import { Reader } from "../reader/reader.ts";
import { PassThrough } from "../engine/pass-through.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import { Writer } from "../writer/writer.ts";
import { checkInner, layerOn, type LayerSink, type LayerSource } from "./both-ways.ts";
import { LimitReading } from "./parts/limit-reading.ts";
import { Quota } from "./parts/quota.ts";

/**
 * Passes on at most `maxBytes`. A write beyond that fails with `ERR_AW_LIMIT`, for good: what is
 * cut off must not be closed as if it were whole. Of a reader it passes on as many, and fails where one more
 * comes instead of the end; what is below is left as it is, for `abort`.
 *
 * ```ts
 * import { AsyncWriteError, limit, memory } from "@aw/core";
 *
 * const out = limit(memory(), 3);
 * await out.writeAll("hello").catch((error: unknown) => {
 *   if (AsyncWriteError.is(error)) console.log(error.code, error.bytesWritten); // ERR_AW_LIMIT 3
 * });
 * ```
 *
 * ```ts
 * import { limit } from "@aw/core";
 *
 * const request = new Request("http://localhost/", { method: "POST", body: "of a stranger" });
 * const body = limit(request.body ?? [], 1_000_000);
 * console.log(await body.text(), body.remaining); // of a stranger 999987
 * ```
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is neither a writer nor a reader, or maxBytes not a
 * count of bytes
 */
export function limit(inner: LayerSink, maxBytes: number): LimitWriter;
export function limit(inner: LayerSource, maxBytes: number): LimitReader;
export function limit(inner: LayerSink | LayerSource, maxBytes: number): LimitWriter | LimitReader {
  checkInner("limit", inner);
  checkArgument("limit", "maxBytes", maxBytes, COUNT);
  const quota = new Quota(maxBytes);
  const label = `limit(${formatSize(maxBytes)})`;
  return layerOn(
    inner,
    (writer) => new LimitWriter(new LimitLayer(writer, label, quota), quota),
    (reader) => new LimitReader(new LimitReading(reader, label, quota), quota),
  );
}

/** The writer of {@link limit}. */
export class LimitWriter extends Writer {
  readonly #quota: Quota;

  constructor(layer: AsyncWrite, quota: Quota) {
    super(layer);
    this.#quota = quota;
  }

  /** How many more bytes it passes on. */
  get remaining(): number {
    return this.#quota.remaining;
  }
}

/** The reader of {@link limit}. */
export class LimitReader extends Reader {
  readonly #quota: Quota;

  constructor(layer: AsyncBufRead, quota: Quota) {
    super(layer);
    this.#quota = quota;
  }

  /** How many more bytes it passes on. */
  get remaining(): number {
    return this.#quota.remaining;
  }
}

class LimitLayer extends PassThrough {
  readonly #quota: Quota;

  constructor(inner: AsyncWrite, label: string, quota: Quota) {
    super(inner, label);
    this.#quota = quota;
  }

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    const { remaining } = this.#quota;
    if (buf.length <= remaining) return this.#count(super.pollWrite(waker, buf));
    this.#refuseAtEnd();
    return this.#count(super.pollWrite(waker, buf.subarray(0, remaining)));
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    const { remaining } = this.#quota;
    if (byteLength(bufs) <= remaining) return this.#count(super.pollVectoredWrite(waker, bufs));
    this.#refuseAtEnd();
    return this.#count(super.pollVectoredWrite(waker, prefix(bufs, remaining)));
  }

  #refuseAtEnd(): void {
    if (this.state !== "open") this.latch.refuse();
    if (this.#quota.remaining === 0)
      throw this.latch.fail(this.#quota.exceeded(this, "were written"));
  }

  #count(n: Poll<number>): Poll<number> {
    if (n !== PENDING) this.#quota.remaining -= n;
    return n;
  }
}
