import { checkOptions } from "../options/check-options.ts";
import { checkReader } from "../options/check-reader.ts";
import { costOf, mustYield } from "../task/coop.ts";
import { schedule, type Runnable } from "../task/executor.ts";
import type { AsyncBufRead } from "../trait/async-buf-read.ts";
import { checkConsumed } from "../trait/consumed.ts";
import { describe } from "../trait/describe.ts";
import { AsyncWriteError } from "../trait/error.ts";
import type { Poll } from "../trait/poll.ts";
import type { WriterState } from "../trait/state.ts";
import type { Waker } from "../trait/waker.ts";
import { Arrivals, type Ending } from "./arrivals.ts";
import { Coding } from "./coding.ts";
import { Latch } from "./latch.ts";
import { ReadIntake } from "./read-intake.ts";
import { Steps, type StepHandlers } from "./steps.ts";
import {
  DEFAULT_BLOCK_SIZE,
  TRANSFORM_READ_OPTIONS,
  type TransformReadEngineOptions,
} from "./transform-options.ts";
import type { Transformer, TransformControl } from "./transformer.ts";

/** With more output than this waiting, in bytes, no further block is transformed. */
const READ_AHEAD = 64 * 1024;

/** With more output than this waiting, in bytes, a step is asked to pause. */
const PAUSE_ABOVE = 256 * 1024;

type Step = "transform" | "flush" | "finish";

/**
 * The reading side of a layer: the bytes of an inner reader become other bytes, by the same
 * {@link Transformer} that a `TransformEngine` uses.
 *
 * The inner reader is polled only while little output waits, so who reads slowly makes the source wait.
 * Small pieces are gathered in blocks. A block is transformed when it is full or the inner reader has ended;
 * with `eager` also at the end of the turn of the event loop, with `flushOnIdle` once the inner reader idles.
 * While output waits to be read it goes on with no more than one block's worth of input; it holds at most 256 KiB
 * of output beyond what one `push` brings, and two blocks.
 *
 * An end of the inner reader ends the format (`finish`). What fails, the inner reader or the transformer,
 * is told as it is, after the output that came before; a failure of the inner reader after a flush.
 */
export class TransformReadEngine implements AsyncBufRead, TransformControl, Waker, Runnable {
  static readonly #STEPS: StepHandlers<Step, TransformReadEngine> = {
    beginNext: (engine) => engine.#beginNext(),
    done: (step, engine) => engine.#stepDone(step),
    failed: (error, engine) => engine.#finish({ error }),
  };

  readonly #inner: AsyncBufRead;
  readonly #transformer: Transformer;
  readonly #coding: Coding;
  readonly #latch: Latch = new Latch(this, () => this.#onFailure());
  readonly #arrivals: Arrivals = new Arrivals(this.#latch);
  readonly #steps: Steps<Step, TransformReadEngine>;
  readonly #intake: ReadIntake;
  readonly #eager: boolean;
  readonly #flushOnIdle: boolean;
  /** Whether somebody polled and there was no output, nor has there been since. */
  #isAwaited = false;
  /** How many bytes were transformed since all output was read: much of it may make little output. */
  #ahead = 0;
  readonly #maxAhead: number;
  #finishing = false;
  #paused = false;
  #scheduled = false;
  #bytesIn = 0;
  #bytesOut = 0;

  /** @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is not a reader, or for an option that
   * can't be meant */
  constructor(
    inner: AsyncBufRead,
    transformer: Transformer,
    options: TransformReadEngineOptions = {},
  ) {
    checkReader("TransformReadEngine", inner);
    checkOptions("TransformReadEngine", options, TRANSFORM_READ_OPTIONS);
    this.#inner = inner;
    this.#transformer = transformer;
    this.#coding = new Coding(transformer);
    this.#maxAhead = options.blockSize ?? DEFAULT_BLOCK_SIZE;
    this.#eager = options.eager === true;
    this.#flushOnIdle = options.flushOnIdle === true;
    this.#intake = new ReadIntake(inner, this, options, () => this.#advance());
    this.#steps = new Steps<Step, TransformReadEngine>(TransformReadEngine.#STEPS, this);
    transformer.start?.(this);
  }

  get state(): WriterState {
    return this.#latch.state;
  }

  get bytesIn(): number {
    return this.#bytesIn;
  }

  get bytesOut(): number {
    return this.#bytesOut;
  }

  pollFillBuf(waker: Waker): Poll<Uint8Array> {
    const { chunks } = this.#arrivals;
    if (chunks.isEmpty) {
      this.#isAwaited = true;
      this.#advance();
      this.#isAwaited = chunks.isEmpty;
    }
    return this.#arrivals.poll(waker);
  }

  consume(amount: number): void {
    const { chunks } = this.#arrivals;
    checkConsumed(amount, chunks.head.length, this);
    chunks.consume(amount);
    this.#continue();
  }

  pollTake(waker: Waker): Poll<Uint8Array> {
    const answer = this.pollFillBuf(waker);
    const { chunks } = this.#arrivals;
    if (chunks.isEmpty) return answer;
    const chunk = chunks.take();
    this.#continue();
    return chunk;
  }

  abort(reason?: unknown): void {
    if (this.#latch.abort(reason)) this.#inner.abort?.(reason);
  }

  push(chunk: Uint8Array): boolean {
    if (this.#arrivals.isOpen) {
      this.#bytesOut += chunk.length;
      this.#arrivals.add(chunk);
      if (chunk.length > 0) this.#isAwaited = false;
    }
    this.#paused = this.#arrivals.chunks.length > PAUSE_ABOVE;
    return !this.#paused;
  }

  fail(error: unknown): AsyncWriteError {
    const failure = AsyncWriteError.from(error, describe(this));
    this.#finish({ error: failure });
    const { ending } = this.#arrivals;
    return typeof ending === "object" ? (ending.error as AsyncWriteError) : failure;
  }

  keepBlock(): () => void {
    return this.#intake.keep();
  }

  /** The inner reader has something. */
  wake(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    schedule(this);
  }

  run(): void {
    this.#scheduled = false;
    this.#advance();
  }

  toString(): string {
    return `${describe(this.#transformer)} < ${describe(this.#inner)}`;
  }

  /** Output was read: there may be room for more. */
  #continue(): void {
    if (this.#arrivals.chunks.isEmpty) this.#ahead = 0;
    if (this.#paused && this.#arrivals.chunks.length <= READ_AHEAD) {
      this.#paused = false;
      this.#coding.resume();
    }
    if (this.#hasRoom && this.#steps.current === undefined) this.wake();
  }

  get #hasRoom(): boolean {
    const { isOpen, chunks } = this.#arrivals;
    if (!isOpen || this.#isAwaited) return isOpen;
    return chunks.length <= READ_AHEAD && this.#ahead < this.#maxAhead;
  }

  #advance(): void {
    this.#steps.advance();
  }

  /** Gathers input, then begins the next step. Returns whether there was one. */
  #beginNext(): boolean {
    if (this.#steps.current !== undefined || !this.#hasRoom || this.#finishing) return false;
    const intake = this.#intake;
    const block = intake.take(
      this.#eager || this.#wantsFlush,
      this.#coding.isDirty && this.#flushOnIdle,
    );
    if (block !== undefined) return this.#transform(block);
    if (intake.ending === "end") return this.#finishFormat();
    // What came before a failure is to be read before it (AW-READ-6).
    const isLast = intake.ending !== undefined || (intake.isIdle && this.#wantsFlush);
    if (isLast && this.#coding.isDirty) {
      this.#coding.flush(this.#steps.begin("flush"));
      return true;
    }
    if (intake.ending !== undefined) this.#finish(intake.ending);
    return false;
  }

  /** Whether who reads has all output, and gets no more unless it is flushed. */
  get #wantsFlush(): boolean {
    return this.#flushOnIdle && this.#arrivals.chunks.isEmpty;
  }

  #transform(block: Uint8Array): boolean {
    this.#bytesIn += block.length;
    this.#ahead += block.length;
    const flushes = this.#intake.isIdle && this.#wantsFlush;
    this.#coding.transform(block, flushes, this.#steps.begin("transform"));
    // Blocks of which little comes out make a loop, too (AW-FAIR-1).
    return !mustYield(costOf(block.length), this);
  }

  #finishFormat(): boolean {
    this.#finishing = true;
    this.#coding.finish(this.#steps.begin("finish"));
    return true;
  }

  #stepDone(step: Step): void {
    if (step === "finish") {
      this.#finish("end");
    } else {
      if (step === "transform") this.#intake.release();
      this.#advance();
    }
  }

  /** No more output comes. */
  #finish(ending: Ending): void {
    this.#arrivals.finish(ending);
    this.#steps.stop();
    this.#drop();
  }

  #onFailure(): void {
    this.#steps.stop();
    this.#arrivals.chunks.drop();
    this.#drop();
  }

  #drop(): void {
    this.#intake.drop(this.#steps.current !== undefined);
    this.#coding.release();
  }
}
