import { checkOptions } from "../options/check-options.ts";
import { POSITIVE_COUNT, type Schema } from "../options/rules.ts";
import { ownCopy } from "../slab/own-copy.ts";
import type { AsyncBufRead } from "../trait/async-buf-read.ts";
import { checkConsumed } from "../trait/consumed.ts";
import { describe } from "../trait/describe.ts";
import { AsyncWriteError } from "../trait/error.ts";
import type { Poll } from "../trait/poll.ts";
import type { WriterState } from "../trait/state.ts";
import type { Waker } from "../trait/waker.ts";
import { Arrivals } from "./arrivals.ts";
import { Latch } from "./latch.ts";
import type { Source, SourceControl } from "./source.ts";

/** How much a `SourceEngine` reads ahead. */
export interface SourceEngineOptions {
  /**
   * With more bytes than this waiting, the source is paused. It goes on when half of that is left.
   * Default: 64 KiB.
   */
  capacity?: number | undefined;
}

const OPTIONS: Schema<SourceEngineOptions> = { capacity: POSITIVE_COUNT };

const DEFAULT_CAPACITY = 64 * 1024;

/**
 * An `AsyncBufRead` over a {@link Source}: "here is a chunk, and I pause while you hold enough".
 *
 * Chunks are passed on as they are, without a copy, unless the source asks for one (`pushCopy`). It holds at most `capacity` bytes and one chunk
 * more, and what the source pushes although it was paused.
 *
 * ```ts
 * const reader = new Reader(
 *   new SourceEngine({
 *     start(control) {
 *       socket.on("data", (chunk) => control.push(chunk));
 *       socket.on("end", () => control.end());
 *       socket.on("error", (error) => control.fail(error));
 *     },
 *     pause: () => void socket.pause(),
 *     resume: () => void socket.resume(),
 *     destroy: () => void socket.destroy(),
 *   }),
 * );
 * ```
 */
export class SourceEngine implements AsyncBufRead, SourceControl {
  /** One for all engines. */
  static readonly #onFailure = (failure: AsyncWriteError, engine: SourceEngine): void =>
    engine.#release(failure);

  readonly #source: Source;
  readonly #capacity: number;
  readonly #latch: Latch = new Latch(this, SourceEngine.#onFailure);
  readonly #arrivals: Arrivals = new Arrivals(this.#latch);
  #paused = true;
  /** Whether who waits takes what comes: then a copy is made in memory for him, and not in a slab first. */
  #isTaking = false;

  /** @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` for an option that can't be meant */
  constructor(source: Source, options?: SourceEngineOptions) {
    if (options !== undefined) checkOptions("SourceEngine", options, OPTIONS);
    this.#source = source;
    this.#capacity = options?.capacity ?? DEFAULT_CAPACITY;
    source.start?.(this);
  }

  get state(): WriterState {
    return this.#latch.state;
  }

  get unread(): number {
    return this.#arrivals.chunks.length;
  }

  pollFillBuf(waker: Waker): Poll<Uint8Array> {
    const { head } = this.#arrivals.chunks;
    if (head.length > 0) return head;
    return this.#wait(waker, false);
  }

  consume(amount: number): void {
    const { chunks } = this.#arrivals;
    checkConsumed(amount, chunks.head.length, this);
    chunks.consume(amount);
    this.#resumeBelow(this.#capacity >>> 1);
  }

  pollTake(waker: Waker): Poll<Uint8Array> {
    const { chunks } = this.#arrivals;
    if (chunks.isEmpty) {
      const answer = this.#wait(waker, true);
      if (chunks.isEmpty) return answer;
    }
    const chunk = chunks.take();
    this.#resumeBelow(this.#capacity >>> 1);
    return chunk;
  }

  abort(reason?: unknown): void {
    this.#latch.abort(reason);
  }

  push(chunk: Uint8Array): boolean {
    this.#checkOpen(chunk);
    this.#arrivals.add(chunk);
    return this.#pauseAbove();
  }

  pushCopy(bytes: Uint8Array): boolean {
    this.#checkOpen(bytes);
    if (this.#isTaking && this.#arrivals.chunks.isEmpty) this.#arrivals.add(ownCopy(bytes));
    else this.#arrivals.addCopy(bytes);
    return this.#pauseAbove();
  }

  end(): void {
    this.#arrivals.finish("end");
  }

  fail(error: unknown): void {
    this.#arrivals.finish({ error });
  }

  toString(): string {
    return describe(this.#source);
  }

  #wait(waker: Waker, isTaking: boolean): Poll<Uint8Array> {
    this.#isTaking = isTaking;
    this.#resumeBelow(0);
    return this.#arrivals.poll(waker);
  }

  #checkOpen(chunk: Uint8Array): void {
    if (this.#arrivals.ending === "end" && chunk.length > 0) this.fail(pushedAfterEnd(this));
  }

  /** Pauses the source if enough waits. Returns whether it may go on. */
  #pauseAbove(): boolean {
    if (this.#arrivals.chunks.length > this.#capacity && !this.#paused) {
      this.#paused = true;
      this.#source.pause?.();
    }
    return !this.#paused && this.#arrivals.isOpen;
  }

  #resumeBelow(level: number): void {
    if (!this.#paused || this.#arrivals.chunks.length > level || !this.#arrivals.isOpen) return;
    this.#paused = false;
    try {
      this.#source.resume?.();
    } catch (error) {
      this.fail(error);
    }
  }

  #release(failure: AsyncWriteError): void {
    this.#arrivals.chunks.drop();
    this.#source.destroy?.(failure);
  }
}

/** Bytes behind the end would be lost: nothing may look complete then. */
function pushedAfterEnd(engine: SourceEngine): AsyncWriteError {
  return new AsyncWriteError("ERR_AW_PROTOCOL", `${engine}: the source pushed after its end`);
}
