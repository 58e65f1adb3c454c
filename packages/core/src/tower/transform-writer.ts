import { checkAccepted, checkReady, writeZero } from "../trait/accepted.ts";
import type { AsyncWrite } from "../trait/async-write.ts";
import { describe } from "../trait/describe.ts";
import { isFailure, type Done } from "../trait/done.ts";
import { checkOptions } from "../options/check-options.ts";
import { checkWriter } from "../options/check-writer.ts";
import { BOOLEAN, POSITIVE_COUNT, type Schema } from "../options/rules.ts";
import { schedule, type Runnable } from "../task/executor.ts";
import { atTurnEnd } from "../task/turn-end.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import { SlabSize } from "../slab/slab-size.ts";
import { StagedWriter } from "./staged-writer.ts";
import { Staging } from "../slab/staging.ts";
import type { Waker } from "../trait/waker.ts";

/** How a `TransformWriter` gathers the blocks that it transforms. */
export interface TransformWriterOptions {
  /**
   * The most bytes that are gathered for one `transform`; two such blocks are held at most. Blocks
   * start at 64 KiB, or at the first write, and grow while they fill. Default: 64 KiB.
   */
  blockSize?: number | undefined;
  /**
   * Whether gathered bytes are transformed at the end of the turn, which is when no microtask is left,
   * even if their block is not full. For layers that lose nothing by small blocks, such as decoders:
   * a live stream passes without a flush. Default: false, a block waits until it is full or flushed.
   */
  eager?: boolean | undefined;
}

const OPTIONS: Schema<TransformWriterOptions> = { blockSize: POSITIVE_COUNT, eager: BOOLEAN };

const DEFAULT_BLOCK_SIZE = 64 * 1024;

/** With more output than this waiting, in bytes, `push` asks its caller to pause. */
const OUTPUT_LIMIT = 256 * 1024;

type Step = "none" | "transform" | "flush" | "finish";

/**
 * The engine for layers that turn bytes into other bytes for an inner writer.
 *
 * Accepted bytes are gathered in blocks. While one block is transformed, the next one fills; with
 * both full, writes are `PENDING`. Output goes to the inner writer as it takes it, and no new step
 * begins before all output is gone, so a slow inner writer slows this one down.
 *
 * For implementors: say how to {@link TransformWriter.transform} a block, calling
 * {@link TransformWriter.push} for output, and where they are not nothing, what to do at flush and
 * at the end.
 */
export abstract class TransformWriter extends StagedWriter {
  protected readonly inner: AsyncWrite;
  readonly #blocks: SlabSize;
  readonly #eager: boolean;
  /** What runs at the end of the turn, and whether it was asked for. */
  #turnEnd: Runnable | undefined;
  #turnEndScheduled = false;

  #step: Step = "none";
  #advancing = false;
  #flushWanted = false;
  /** Whether a flush came to its end in the background, and its caller has not been told. */
  #flushed = false;
  /** Whether bytes were transformed since the last flush of the transform. */
  #dirty = false;
  #finished = false;
  #released = false;

  readonly #output: Uint8Array[] = [];
  #outputLength = 0;
  #paused = false;
  #bytesTaken = 0;
  #bytesOut = 0;

  /** What the inner writer wakes: the output goes on, whether or not anyone polls. */
  readonly #pump: Waker & Runnable & { scheduled: boolean } = {
    scheduled: false,
    wake() {
      if (this.scheduled) return;
      this.scheduled = true;
      schedule(this);
    },
    run: () => {
      this.#pump.scheduled = false;
      this.#progress();
    },
  };

  constructor(inner: AsyncWrite, options: TransformWriterOptions = {}) {
    super();
    checkWriter(new.target.name, inner);
    checkOptions(new.target.name, options, OPTIONS);
    const { blockSize = DEFAULT_BLOCK_SIZE, eager = false } = options;
    this.inner = inner;
    this.#eager = eager;
    this.#blocks = new SlabSize(blockSize, DEFAULT_BLOCK_SIZE);
  }

  /** What this layer is called in `toString`, its options included: "gzip(6)". */
  protected abstract readonly label: string;

  /**
   * Turns one block into output, then answers with `done`. The block may not be read after that.
   * Answer when all output of the block was pushed, or as much as will come without more input.
   */
  protected abstract transform(block: Uint8Array, done: Done): void;

  /**
   * Pushes out whatever the transform still holds, so that the peer can decode everything so far.
   * Called only if bytes were transformed since the last time (AW-FLUSH-2).
   */
  protected flushTransform(done: Done): void {
    done();
  }

  /**
   * `transform` of the last block before a flush, and `flushTransform`, in one step: for where that
   * is faster than two, as on a thread pool. Without it, one follows the other.
   */
  protected transformAndFlush?(block: Uint8Array, done: Done): void;

  /** Ends the format: pushes what is left, and the trailer. Called once. */
  protected finishTransform(done: Done): void {
    done();
  }

  /** Output waited for the inner writer, and is gone now: go on after `push` returned false. */
  protected resumeTransform(): void {}

  /** Lets go of the transform's memory. Called once: when closed, failed or aborted. */
  protected releaseTransform(): void {}

  /**
   * Passes output on. The chunk belongs to the engine from now on. Returns false once much output
   * waits: pause then if you can, until `resumeTransform`.
   */
  protected push(chunk: Uint8Array): boolean {
    if (chunk.length > 0 && this.state !== "failed") {
      this.#output.push(chunk);
      this.#outputLength += chunk.length;
      this.#bytesOut += chunk.length;
      this.#progress();
    }
    this.#paused = this.#outputLength > OUTPUT_LIMIT;
    return !this.#paused;
  }

  /**
   * Within `transform`: keeps its block beyond the answer, until you call what this returns. Blocks
   * that follow come in other memory, so keep a bounded count. After a failure leave it uncalled if
   * somebody may still read the block.
   */
  protected keepBlock(): () => void {
    const kept = this.leaving;
    this.leaving = new Staging();
    return () => kept.release();
  }

  /** Bytes accepted so far. */
  get bytesIn(): number {
    return this.#bytesTaken + this.staged.length;
  }

  /** Bytes of output so far, those included that the inner writer has not taken yet. */
  get bytesOut(): number {
    return this.#bytesOut;
  }

  override pollFlush(waker: Waker): Poll<void> {
    this.check();
    if (this.state === "closed") return;
    // Asking the inner writer again would begin another flush, which may be PENDING again.
    if (!(this.#flushed && this.#isClean())) {
      this.due = this.#flushWanted = true;
      this.advance();
      this.check();
      if (this.#flushWanted) return this.park(waker);
    }
    this.#flushed = false;
  }

  override pollClose(waker: Waker): Poll<void> {
    this.check();
    this.beginClose();
    this.due = true;
    this.advance();
    this.check();
    if (this.state !== "closed") return this.park(waker);
  }

  protected override listenBelow(): (() => void) | undefined {
    return this.inner.onFailure?.((failure) => void this.fail(failure));
  }

  override toString(): string {
    return `${this.label} > ${describe(this.inner)}`;
  }

  protected override onAbort(reason: unknown): void {
    this.inner.abort?.(reason);
  }

  protected override cleanUp(): void {
    this.#bytesTaken += this.staged.length;
    this.forgetSlabs();
    this.#output.length = this.#outputLength = 0;
    this.#release();
  }

  protected override openStaged(size: number): void {
    this.staged.open(this.#blocks.for(size), this.#blocks.max);
    if (!this.#eager || this.#turnEndScheduled) return;
    this.#turnEndScheduled = true;
    this.#turnEnd ??= { run: () => this.#onTurnEnd() };
    atTurnEnd(this.#turnEnd);
  }

  #onTurnEnd(): void {
    this.#turnEndScheduled = false;
    if (this.staged.length === 0) return;
    this.due = true;
    this.#progress();
  }

  /** Moves output and begins every step whose time has come, until something must be waited for. */
  protected override advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    try {
      while (this.#pumpOutput() && this.#step === "none" && this.#begin());
    } catch (error) {
      this.fail(error);
    }
    this.#advancing = false;
  }

  /** What happens in the background: an answer, more output, room in the inner writer. */
  #progress(): void {
    if (this.#advancing) return;
    this.advance();
    this.unpark();
  }

  /** Returns whether all output is with the inner writer. */
  #pumpOutput(): boolean {
    for (;;) {
      const chunk = this.#output[0];
      if (chunk === undefined) {
        if (!this.#paused) return true;
        this.#paused = false;
        this.resumeTransform();
        continue;
      }
      const n = this.inner.pollWrite(this.#pump, chunk);
      if (n === PENDING) return false;
      if (n === 0) throw writeZero(this.inner);
      this.#outputLength -= checkAccepted(n, chunk.length, this.inner);
      if (n === chunk.length) this.#output.shift();
      else this.#output[0] = chunk.subarray(n);
    }
  }

  /** Begins the next step. Returns whether there was one. */
  #begin(): boolean {
    if (this.state === "closed" || this.state === "failed") return false;
    if (this.staged.length > 0 && this.due) {
      this.#transformStaged();
    } else if (this.state === "closing" && !this.#finished) {
      this.#finished = true;
      this.#step = "finish";
      this.finishTransform(this.#answer());
    } else if (this.#flushWanted && this.#dirty && !this.#finished) {
      this.#dirty = false;
      this.#step = "flush";
      this.flushTransform(this.#answer());
    } else {
      return this.#settleInner();
    }
    return true;
  }

  #transformStaged(): void {
    const block = this.takeStaged();
    this.due = this.#flushWanted || this.state === "closing";
    this.#blocks.adapt(block);
    this.#bytesTaken += block.length;
    // A flush that ended before these bytes says nothing about them.
    this.#flushed = false;
    this.#step = "transform";
    // The end of the format is a flush of its own.
    const flushes = this.#flushWanted && this.state === "open";
    this.#dirty = !(flushes && this.transformAndFlush !== undefined);
    if (this.#dirty) this.transform(block.view(), this.#answer());
    else this.transformAndFlush?.(block.view(), this.#answer());
  }

  /** All output is with the inner writer: flushes or closes that. Returns false: nothing follows. */
  #settleInner(): boolean {
    if (this.state === "closing") {
      const answer = this.inner.pollClose(this.#pump);
      if (answer === PENDING) return false;
      checkReady(answer, this.inner);
      this.#flushWanted = false;
      this.endClose();
      this.#release();
    } else if (this.#flushWanted) {
      const answer = this.inner.pollFlush(this.#pump);
      if (answer !== PENDING) {
        checkReady(answer, this.inner);
        this.#flushWanted = false;
        this.#flushed = true;
      }
    }
    this.due = this.#flushWanted;
    return false;
  }

  /** Whether every accepted byte has become output, and that is with the inner writer. */
  #isClean(): boolean {
    return (
      this.staged.length === 0 && this.#step === "none" && !this.#dirty && this.#output.length === 0
    );
  }

  /** The answer to one step: counts once, and not any more after a failure. */
  #answer(): Done {
    let answered = false;
    return (error) => {
      if (answered || this.state === "failed") return;
      answered = true;
      if (this.#step === "transform") this.leaving.release();
      this.#step = "none";
      if (isFailure(error)) this.fail(error);
      else this.#progress();
    };
  }

  #release(): void {
    if (this.#released) return;
    this.#released = true;
    this.releaseTransform();
  }
}
