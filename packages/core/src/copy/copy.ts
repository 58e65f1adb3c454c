import { isReader } from "../options/check-reader.ts";
import type { AsyncBufRead } from "../trait/async-buf-read.ts";
import type { CopyOptions } from "./copy-options.ts";
import { copyReader } from "./copy-reader.ts";
import type { AsyncWrite } from "../trait/async-write.ts";
import { bytesOf, openSource, type ByteSource } from "../source/byte-source.ts";
import type { ChunkReader } from "../source/chunk-reader.ts";
import { notBytes } from "../slab/bytes.ts";
import { checkOptions } from "../options/check-options.ts";
import { checkWriter } from "../options/check-writer.ts";
import { BOOLEAN, FUNCTION, SIGNAL, type Schema } from "../options/rules.ts";
import { AsyncWriteError } from "../trait/error.ts";
import { nextTurn } from "../task/platform.ts";
import { abortedBy } from "../writer/poll-fn.ts";
import { toWriter } from "../writer/to-writer.ts";
import type { Writer } from "../writer/writer.ts";

const OPTIONS: Schema<CopyOptions> = {
  signal: SIGNAL,
  onProgress: FUNCTION,
  flushOnIdle: BOOLEAN,
};

/** Frozen, so that it is checked once. */
const NO_OPTIONS: CopyOptions = Object.freeze({});

/**
 * Writes everything from a reader or another source into a writer, then flushes. Never closes the writer.
 *
 * Resolves with the count of bytes copied. Reads the next chunk only when the last one was
 * accepted. While the source idles, what was written is flushed, so that a peer which waits for
 * it can answer; and a writer that fails meanwhile ends the copy.
 *
 * Rejects with the error of the source as it is, or with the failure of the writer, or with
 * `ERR_AW_ABORTED`; the latter two carry `bytesWritten`. The source is cancelled then, a reader aborted.
 *
 * ```ts
 * import { copy, memory } from "@aw/core";
 *
 * const target = memory();
 * console.log(await copy(["hello, ", "world"], target)); // 12
 * console.log(target.state); // open
 * ```
 */
export function copy(
  source: AsyncBufRead | ByteSource,
  writer: AsyncWrite,
  options: CopyOptions = NO_OPTIONS,
): Promise<number> {
  try {
    checkWriter("copy", writer);
    checkOptions("copy", options, OPTIONS);
    if (isReader(source)) return copyReader(source, toWriter(writer), options);
    const reader = openSource(source);
    if (reader === undefined) throw notBytes(source, "a ReadableStream or an iterable of bytes");
    return new Copy(reader, toWriter(writer), options).run();
  } catch (error) {
    return Promise.reject(error);
  }
}

class Copy {
  readonly #reader: ChunkReader;
  readonly #writer: Writer;
  readonly #options: CopyOptions;
  #bytesCopied = 0;
  /** Rejects the wait for the source: the writer failed, or the signal fired. */
  #interrupt: ((error: unknown) => void) | undefined;
  #failure: { error: unknown } | undefined;
  /** Counts the waits for the source, to tell one that lasts from one that is new. */
  #waits = 0;
  #idleCheckScheduled = false;

  constructor(reader: ChunkReader, writer: Writer, options: CopyOptions) {
    this.#reader = reader;
    this.#writer = writer;
    this.#options = options;
  }

  async run(): Promise<number> {
    const { signal } = this.#options;
    const onAbort = (): void => this.#fail(abortedBy(signal as AbortSignal));
    const removeListener = this.#writer.onFailure((failure) => this.#fail(failure));
    try {
      if (signal?.aborted) onAbort();
      signal?.addEventListener("abort", onAbort, { once: true });
      await this.#transfer();
      await this.#writer.flush({ signal });
      return this.#bytesCopied;
    } catch (error) {
      this.#reader.cancel(error);
      throw AsyncWriteError.is(error) ? error.withBytesWritten(this.#bytesCopied) : error;
    } finally {
      signal?.removeEventListener("abort", onAbort);
      removeListener();
    }
  }

  async #transfer(): Promise<void> {
    const { signal, onProgress } = this.#options;
    for (;;) {
      const chunk = await this.#nextChunk();
      if (chunk === undefined) return;
      const bytes = bytesOf(chunk);
      try {
        await this.#writer.writeAll(bytes, { signal });
      } catch (error) {
        if (AsyncWriteError.is(error)) this.#bytesCopied += error.bytesWritten ?? 0;
        throw error;
      }
      this.#bytesCopied += bytes.length;
      onProgress?.(this.#bytesCopied);
    }
  }

  #nextChunk(): Promise<unknown> {
    return new Promise<unknown>((resolve, reject) => {
      this.#waits++;
      this.#interrupt = reject;
      if (this.#failure !== undefined) reject(this.#failure.error);
      else this.#reader.next().then(resolve, reject);
      this.#checkIdle();
    }).finally(() => {
      this.#interrupt = undefined;
    });
  }

  /** Looks in the next turn whether the source still has not answered. */
  #checkIdle(): void {
    if (this.#options.flushOnIdle === false || this.#idleCheckScheduled) return;
    this.#idleCheckScheduled = true;
    const wait = this.#waits;
    nextTurn(() => {
      this.#idleCheckScheduled = false;
      if (this.#interrupt === undefined) return;
      if (this.#waits === wait) this.#flush();
      else this.#checkIdle();
    });
  }

  #flush(): void {
    this.#writer.flush().catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#interrupt?.(error);
  }
}
