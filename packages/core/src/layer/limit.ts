import type { AsyncWrite } from "../trait/async-write.ts";
import { byteLength, formatSize, prefix } from "../slab/bytes.ts";
import { checkArgument } from "../options/check-options.ts";
import { checkWriter } from "../options/check-writer.ts";
import { COUNT } from "../options/rules.ts";
import { AsyncWriteError } from "../trait/error.ts";
import { PassThrough } from "../engine/pass-through.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import { Writer } from "../writer/writer.ts";

/**
 * Passes on at most `maxBytes`. A write beyond that fails with `ERR_AW_LIMIT`, for good: what is
 * cut off must not be closed as if it were whole.
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
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is not a writer, or maxBytes not a
 * count of bytes
 */
export function limit(inner: AsyncWrite, maxBytes: number): LimitWriter {
  checkWriter("limit", inner);
  checkArgument("limit", "maxBytes", maxBytes, COUNT);
  return new LimitWriter(new LimitLayer(inner, maxBytes));
}

/** The writer of {@link limit}. */
export class LimitWriter extends Writer {
  readonly #layer: LimitLayer;

  constructor(layer: LimitLayer) {
    super(layer);
    this.#layer = layer;
  }

  /** How many more bytes it passes on. */
  get remaining(): number {
    return this.#layer.remaining;
  }
}

class LimitLayer extends PassThrough {
  readonly #maxBytes: number;
  #remaining: number;

  constructor(inner: AsyncWrite, maxBytes: number) {
    super(inner, `limit(${formatSize(maxBytes)})`);
    this.#maxBytes = maxBytes;
    this.#remaining = maxBytes;
  }

  /** How many more bytes it passes on. */
  get remaining(): number {
    return this.#remaining;
  }

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    if (buf.length <= this.#remaining) return this.#count(super.pollWrite(waker, buf));
    this.#refuseAtEnd();
    return this.#count(super.pollWrite(waker, buf.subarray(0, this.#remaining)));
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    if (byteLength(bufs) <= this.#remaining) {
      return this.#count(super.pollVectoredWrite(waker, bufs));
    }
    this.#refuseAtEnd();
    return this.#count(super.pollVectoredWrite(waker, prefix(bufs, this.#remaining)));
  }

  #refuseAtEnd(): void {
    if (this.state !== "open") this.latch.refuse();
    if (this.#remaining > 0) return;
    const message = `${this}: more than ${this.#maxBytes} bytes were written`;
    throw this.latch.fail(new AsyncWriteError("ERR_AW_LIMIT", message));
  }

  #count(n: Poll<number>): Poll<number> {
    if (n !== PENDING) this.#remaining -= n;
    return n;
  }
}
