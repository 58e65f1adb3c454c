import { checkOptions } from "../options/check-options.ts";
import { checkReader } from "../options/check-reader.ts";
import { BOOLEAN, POSITIVE_COUNT, type Schema } from "../options/rules.ts";
import { SlabSize } from "../slab/slab-size.ts";
import { Staging } from "../slab/staging.ts";
import { costOf, mustYield } from "../task/coop.ts";
import { schedule, type Runnable } from "../task/executor.ts";
import type { AsyncBufRead } from "../trait/async-buf-read.ts";
import { checkConsumed, checkFilled } from "../trait/consumed.ts";
import { describe } from "../trait/describe.ts";
import { AsyncWriteError } from "../trait/error.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { WriterState } from "../trait/state.ts";
import type { Waker } from "../trait/waker.ts";
import { Arrivals, type Ending } from "./arrivals.ts";
import { Latch } from "./latch.ts";
import { Steps } from "./steps.ts";
import type { TransformEngineOptions } from "./transform-engine.ts";
import type { Transformer, TransformControl } from "./transformer.ts";

const OPTIONS: Schema<TransformEngineOptions> = {
  blockSize: POSITIVE_COUNT,
  firstBlockSize: POSITIVE_COUNT,
  eager: BOOLEAN,
};

const DEFAULT_BLOCK_SIZE = 64 * 1024;

/** From this size on, in bytes, a chunk that the inner reader gives away is not copied into a block. */
const DIRECT_FROM = 16 * 1024;

/** With more output than this waiting, in bytes, no further block is transformed. */
const READ_AHEAD = 64 * 1024;

/** With more output than this waiting, in bytes, a step is asked to pause. */
const PAUSE_ABOVE = 256 * 1024;

type Step = "transform" | "finish";

/**
 * The reading side of a layer: the bytes of an inner reader become other bytes, by the same
 * {@link Transformer} that a `TransformEngine` uses.
 *
 * The inner reader is polled only while little output waits, so who reads slowly makes the source wait.
 * Small pieces are gathered in blocks; a block is transformed when it is full or the inner reader has
 * ended, and with `eager` also when that has nothing more for now. It holds at most 256 KiB of output
 * beyond what one `push` brings, and two blocks.
 *
 * An end of the inner reader ends the format (`finish`). What fails, the inner reader or the transformer,
 * is told as it is, after the output that came before.
 */
export class TransformReadEngine implements AsyncBufRead, TransformControl, Waker, Runnable {
  readonly #inner: AsyncBufRead;
  readonly #transformer: Transformer;
  readonly #eager: boolean;
  readonly #blockSize: number;
  readonly #sizes: SlabSize;
  readonly #latch: Latch = new Latch(this, () => this.#onFailure());
  readonly #arrivals: Arrivals = new Arrivals(this.#latch);
  readonly #steps: Steps<Step>;
  /** Small pieces that were gathered for the next block, or are the block of the step under way. */
  #gathered: Staging = new Staging();
  /** Whether what is gathered is to be transformed, although it is no full block. */
  #isDue = false;
  /** What is left of a large chunk, transformed where it is. */
  #direct: Uint8Array | undefined;
  /** How the inner reader ended, if it has. */
  #innerEnding: Ending | undefined;
  #finishing = false;
  #paused = false;
  #scheduled = false;
  #released = false;
  #bytesIn = 0;
  #bytesOut = 0;

  /** @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is not a reader, or for an option that
   * can't be meant */
  constructor(inner: AsyncBufRead, transformer: Transformer, options: TransformEngineOptions = {}) {
    checkReader("TransformReadEngine", inner);
    checkOptions("TransformReadEngine", options, OPTIONS);
    const { blockSize = DEFAULT_BLOCK_SIZE, firstBlockSize = DEFAULT_BLOCK_SIZE } = options;
    this.#inner = inner;
    this.#transformer = transformer;
    this.#eager = options.eager === true;
    this.#blockSize = blockSize;
    this.#sizes = new SlabSize(blockSize, firstBlockSize);
    this.#steps = new Steps<Step>({
      beginNext: () => this.#beginNext(),
      done: (step) => this.#stepDone(step),
      failed: (error) => this.#finish({ error }),
    });
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
    if (this.#arrivals.chunks.isEmpty) this.#advance();
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
    // A chunk that was given away is nobody else's: it stays as long as somebody holds it.
    if (this.#direct !== undefined) return () => {};
    const kept = this.#gathered;
    this.#gathered = new Staging();
    return () => kept.release();
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
    if (this.#paused && this.#arrivals.chunks.length <= READ_AHEAD) {
      this.#paused = false;
      this.#transformer.resume?.();
    }
    if (this.#hasRoom && this.#steps.current === undefined) this.wake();
  }

  get #hasRoom(): boolean {
    return this.#arrivals.isOpen && this.#arrivals.chunks.length <= READ_AHEAD;
  }

  #advance(): void {
    this.#steps.advance();
  }

  /** Gathers input, then begins the next step. Returns whether there was one. */
  #beginNext(): boolean {
    if (this.#steps.current !== undefined || !this.#hasRoom || this.#finishing) return false;
    if (this.#direct === undefined && this.#innerEnding === undefined) this.#gather();
    if (this.#direct !== undefined) return this.#transform(this.#nextPiece());
    if (this.#isDue && this.#gathered.length > 0) return this.#transform(this.#takeGathered());
    if (this.#innerEnding === "end") return this.#runFinish();
    if (this.#innerEnding !== undefined) this.#finish(this.#innerEnding);
    return false;
  }

  /** Takes from the inner reader what makes one block. */
  #gather(): void {
    this.#isDue = false;
    try {
      for (let more: boolean = true; more;) more = this.#gatherMore();
    } catch (error) {
      this.#innerEnding = { error };
      this.#isDue = true;
    }
  }

  /** Takes what the inner reader has next. Returns whether to go on with the same block. */
  #gatherMore(): boolean {
    const view = checkFilled(this.#inner.pollFillBuf(this), this.#inner);
    if (view === PENDING) {
      this.#isDue = this.#eager;
    } else if (view.length === 0) {
      this.#innerEnding = "end";
      this.#isDue = true;
    } else if (view.length >= DIRECT_FROM && this.#inner.pollTake !== undefined) {
      // What was gathered before goes first.
      this.#isDue = this.#gathered.length > 0;
      if (!this.#isDue) this.#takeDirect();
    } else {
      this.#gatherSmall(view);
      return !this.#isDue;
    }
    return false;
  }

  #gatherSmall(view: Uint8Array): void {
    const gathered = this.#gathered;
    if (!gathered.isOpen) gathered.open(this.#sizes.for(view.length), this.#sizes.max);
    this.#inner.consume(gathered.put(view));
    this.#isDue = gathered.room === 0;
  }

  #takeDirect(): void {
    const chunk = checkFilled(this.#inner.pollTake?.(this) ?? PENDING, this.#inner);
    if (chunk !== PENDING) this.#direct = chunk;
  }

  #takeGathered(): Uint8Array {
    this.#sizes.adapt(this.#gathered);
    return this.#gathered.view();
  }

  #nextPiece(): Uint8Array {
    return (this.#direct as Uint8Array).subarray(0, this.#blockSize);
  }

  #transform(block: Uint8Array): boolean {
    this.#bytesIn += block.length;
    this.#transformer.transform(block, this.#steps.begin("transform"));
    // Blocks of which little comes out make a loop, too (AW-FAIR-1).
    return !mustYield(costOf(block.length), this);
  }

  #runFinish(): boolean {
    this.#finishing = true;
    const done = this.#steps.begin("finish");
    if (this.#transformer.finish === undefined) done();
    else this.#transformer.finish(done);
    return true;
  }

  #stepDone(step: Step): void {
    if (step === "finish") {
      this.#finish("end");
    } else {
      if (this.#direct === undefined) this.#gathered.release();
      else this.#consumeDirect();
      if (!this.#steps.isAdvancing) this.#advance();
    }
  }

  #consumeDirect(): void {
    const direct = this.#direct as Uint8Array;
    const rest = direct.subarray(Math.min(direct.length, this.#blockSize));
    this.#direct = rest.length === 0 ? undefined : rest;
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
    if (this.#released) return;
    this.#released = true;
    // A step that is under way may still read it.
    if (this.#steps.current === undefined) this.#gathered.release();
    else this.#gathered.forget();
    this.#direct = undefined;
    this.#transformer.release?.();
  }
}
