import type { AsyncWrite } from "../trait/async-write.ts";
import { byteLength, encode, isBytes, notBytes } from "../slab/bytes.ts";
import type { OperationOptions } from "../options/operation-options.ts";
import { checkWriter } from "../options/check-writer.ts";
import { toWriter } from "../writer/to-writer.ts";
import type { Writer } from "../writer/writer.ts";

/**
 * The `Writer` protocol of Node's experimental `node:stream/iter`, as Node 26.10 has it, over a writer:
 * for its `pipeTo`, `ondrain` and friends.
 *
 * ```ts
 * import { memory, toIterWriter } from "@aw/core";
 *
 * const target = memory();
 * const out = toIterWriter(target);
 * await out.write("hello");
 * console.log(await out.end(), target.text()); // 5 hello
 * ```
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if target is not a writer
 */
export function toIterWriter(target: AsyncWrite): IterWriter {
  checkWriter("toIterWriter", target);
  return new IterWriter(toWriter(target));
}

/** By this, `ondrain` of `node:stream/iter` asks when the next write makes sense. */
const DRAINABLE = Symbol.for("Stream.drainableProtocol");

/** The writer of {@link toIterWriter}. */
export class IterWriter implements AsyncDisposable, Disposable {
  readonly #writer: Writer;
  #bytes = 0;
  /** Writes that were called and have not been accepted in full; a wait for room counts too. */
  #waiting = 0;
  /** Who waits for that to be 0. */
  #drained: PromiseWithResolvers<boolean> | undefined;

  static {
    // Declarations have no name for a symbol of the registry, so it is not written as a method.
    const value = function (this: IterWriter): Promise<boolean> | null {
      return this.#whenDrained();
    };
    Object.defineProperty(this.prototype, DRAINABLE, { value });
  }

  constructor(writer: Writer) {
    this.#writer = writer;
  }

  /** Whether a write would be taken at once; null once nothing is taken any more. */
  get canWrite(): boolean | null {
    return this.#writer.state === "open" ? this.#waiting === 0 : null;
  }

  /** What `canWrite` was before Node 26.10: 1 for true, 0 for false, null. */
  get desiredSize(): number | null {
    const { canWrite } = this;
    return canWrite === null ? null : Number(canWrite);
  }

  /**
   * Resolves when the chunk is accepted; waits while the destination is slow.
   *
   * Rejects with the failure of the writer, and with `ERR_AW_ABORTED` when the signal fires.
   */
  async write(chunk: Uint8Array | string, options?: OperationOptions): Promise<void> {
    const bytes = toBytes(chunk);
    await this.#wait(this.#writer.writeAll(bytes, options), bytes.length);
  }

  /**
   * Like `write` for several chunks, in one vectored write.
   *
   * Rejects as `write` does.
   */
  async writev(
    chunks: readonly (Uint8Array | string)[],
    options?: OperationOptions,
  ): Promise<void> {
    const bufs = chunks.map(toBytes);
    await this.#wait(this.#writer.writeAllVectored(bufs, options), byteLength(bufs));
  }

  /**
   * Takes the chunk now and returns true, or takes nothing and returns false. Of a chunk that fits
   * only in part, the rest is copied and follows by itself; until then nothing else is taken, and
   * should it fail, the next call says so.
   */
  writeSync(chunk: Uint8Array | string): boolean {
    return this.writevSync([chunk]);
  }

  writevSync(chunks: readonly (Uint8Array | string)[]): boolean {
    if (this.canWrite !== true) return false;
    const bufs = chunks.map(toBytes);
    const length = byteLength(bufs);
    if (length === 0) return true;
    const bytes = bufs.length === 1 ? (bufs[0] as Uint8Array) : concat(bufs, length);
    const taken = this.#writer.tryWrite(bytes);
    if (taken === 0) {
      // The flush ends when there is room: until then `canWrite` is false, and `ondrain` waits.
      this.#wait(this.#writer.flush(), 0).catch(() => {});
      return false;
    }
    this.#bytes += taken;
    if (taken < length) {
      const rest = new Uint8Array(bytes.subarray(taken));
      // The writer latches its failure, and the next call meets it.
      this.#wait(this.#writer.writeAll(rest), rest.length).catch(() => {});
    }
    return true;
  }

  /**
   * Closes the writer. Resolves with the count of bytes written.
   *
   * Rejects with the failure of the writer, and with `ERR_AW_ABORTED` when the signal fires.
   */
  async end(options?: OperationOptions): Promise<number> {
    await this.#writer.close(options);
    return this.#bytes;
  }

  /** -1: closing has to wait for the destination, so use `end`. */
  endSync(): number {
    return -1;
  }

  /** Aborts the writer: nothing at the destination looks complete. */
  fail(reason?: unknown): void {
    this.#writer.abort(reason);
  }

  /** Leaving a `using` block without `end()` aborts. */
  [Symbol.dispose](): void {
    this.fail(new Error("the `using` block ended without end()"));
  }

  /** Leaving an `await using` block without `end()` aborts. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#writer[Symbol.asyncDispose]();
  }

  /**
   * For `ondrain`: resolves with true once a write makes sense again, with false if the writer is closed
   * instead, and rejects with its failure; null once nothing is taken any more.
   */
  #whenDrained(): Promise<boolean> | null {
    const { canWrite } = this;
    if (canWrite === null) return null;
    if (canWrite) return Promise.resolve(true);
    if (this.#drained === undefined) {
      this.#drained = Promise.withResolvers();
      const { promise, reject } = this.#drained;
      const removeListener = this.#writer.onFailure(reject);
      // Whoever asked hears of it by the promise itself.
      promise.then(removeListener, removeListener);
    }
    return this.#drained.promise;
  }

  #settleDrain(): void {
    const drained = this.#drained;
    this.#drained = undefined;
    // A failure rejects it on its own.
    if (this.#writer.state !== "failed") drained?.resolve(this.canWrite === true);
  }

  async #wait(writing: Promise<void>, length: number): Promise<void> {
    this.#waiting++;
    try {
      await writing;
      this.#bytes += length;
    } finally {
      if (--this.#waiting === 0) this.#settleDrain();
    }
  }
}

function toBytes(chunk: Uint8Array | string): Uint8Array {
  if (typeof chunk === "string") return encode(chunk);
  if (!isBytes(chunk)) throw notBytes(chunk, "a Uint8Array or a string");
  return chunk;
}

function concat(bufs: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let offset = 0;
  for (const buf of bufs) {
    all.set(buf, offset);
    offset += buf.length;
  }
  return all;
}
