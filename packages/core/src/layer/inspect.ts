import type { AsyncWrite } from "../trait/async-write.ts";
import { checkArgument } from "../options/check-options.ts";
import { FUNCTION } from "../options/rules.ts";
import { PassThrough } from "../engine/pass-through.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import { Reader } from "../reader/reader.ts";
import { Writer } from "../writer/writer.ts";
import { checkInner, layerOn, type LayerSink, type LayerSource } from "./both-ways.ts";
import { InspectReading } from "./parts/inspect-reading.ts";

/**
 * Shows `fn` every byte that the inner writer accepts, in order and once: for a digest, a log, a
 * copy. Of a reader, every byte that is read. The view is valid during the call only; copy what you keep. If
 * `fn` throws, the writer or reader has failed with that; the bytes were accepted or read all the same.
 *
 * ```ts
 * import { createHash } from "node:crypto";
 * import { inspect, memory } from "@aw/core";
 *
 * const hash = createHash("sha256");
 * const out = inspect(memory(), (accepted) => void hash.update(accepted));
 * await out.writeAll("hello");
 * console.log(hash.digest("hex").slice(0, 8)); // 2cf24dba
 * ```
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is neither a writer nor a reader, or fn not a function
 */
export function inspect(inner: LayerSink, fn: (accepted: Uint8Array) => void): Writer;
export function inspect(inner: LayerSource, fn: (read: Uint8Array) => void): Reader;
export function inspect(
  inner: LayerSink | LayerSource,
  fn: (bytes: Uint8Array) => void,
): Writer | Reader {
  checkInner("inspect", inner);
  checkArgument("inspect", "fn", fn, FUNCTION);
  return inspected(inner, "inspect", fn);
}

/** The same for other layers, once all is checked. */
export function inspected(
  inner: LayerSink | LayerSource,
  label: string,
  fn: (bytes: Uint8Array) => void,
): Writer | Reader {
  return layerOn(
    inner,
    (writer) => new Writer(new InspectLayer(writer, label, fn)),
    (reader) => new Reader(new InspectReading(reader, label, fn)),
  );
}

/** A layer that shows accepted bytes. */
class InspectLayer extends PassThrough {
  readonly #fn: (accepted: Uint8Array) => void;

  constructor(inner: AsyncWrite, label: string, fn: (accepted: Uint8Array) => void) {
    super(inner, label);
    this.#fn = fn;
  }

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    const n = super.pollWrite(waker, buf);
    if (n !== PENDING) this.#show(buf, n);
    return n;
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    const n = super.pollVectoredWrite(waker, bufs);
    let left = n === PENDING ? 0 : n;
    for (const buf of bufs) {
      if (left === 0) break;
      const taken = Math.min(left, buf.length);
      this.#show(buf, taken);
      left -= taken;
    }
    return n;
  }

  #show(buf: Uint8Array, accepted: number): void {
    if (accepted === 0) return;
    try {
      this.#fn(accepted === buf.length ? buf : buf.subarray(0, accepted));
    } catch (error) {
      // The bytes are accepted, so this call must not throw (AW-WRITE-6): the next poll does.
      this.latch.fail(error);
    }
  }
}
