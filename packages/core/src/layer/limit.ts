import type { AsyncWrite } from "../trait/async-write.ts";
import { byteLength, formatSize, prefix } from "../slab/bytes.ts";
import { checkArgument } from "../options/check-options.ts";
import { checkWriter } from "../options/check-writer.ts";
import { COUNT } from "../options/rules.ts";
import { AsyncWriteError } from "../trait/error.ts";
import { LayerWriter } from "../engine/layer-writer.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";

/**
 * Passes on at most `maxBytes`. A write beyond that fails with `ERR_AW_LIMIT`, for good: what is
 * cut off must not be closed as if it were whole.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is not a writer, or maxBytes not a
 * count of bytes
 */
export function limit(inner: AsyncWrite, maxBytes: number): LimitWriter {
  checkWriter("limit", inner);
  checkArgument("limit", "maxBytes", maxBytes, COUNT);
  return new LimitWriter(inner, maxBytes);
}

export class LimitWriter extends LayerWriter {
  protected readonly label: string;
  readonly #maxBytes: number;
  #remaining: number;

  constructor(inner: AsyncWrite, maxBytes: number) {
    super(inner);
    this.#maxBytes = maxBytes;
    this.#remaining = maxBytes;
    this.label = `limit(${formatSize(maxBytes)})`;
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
    if (this.state !== "open") this.refuse();
    if (this.#remaining > 0) return;
    const message = `${this}: more than ${this.#maxBytes} bytes were written`;
    throw this.fail(new AsyncWriteError("ERR_AW_LIMIT", message));
  }

  #count(n: Poll<number>): Poll<number> {
    if (n !== PENDING) this.#remaining -= n;
    return n;
  }
}
