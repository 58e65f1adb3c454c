import { checkOptions } from "../options/check-options.ts";
import { checkWriter } from "../options/check-writer.ts";
import { isNotEmpty } from "../slab/bytes.ts";
import { SlabSize } from "../slab/slab-size.ts";
import { TurnEnd } from "../task/turn-end.ts";
import { checkReady } from "../trait/accepted.ts";
import type { AsyncWrite, FailureListener } from "../trait/async-write.ts";
import { describe } from "../trait/describe.ts";
import { engineOf, type Engine } from "../trait/engine.ts";
import type { AsyncWriteError } from "../trait/error.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { WriterState } from "../trait/state.ts";
import type { Waker } from "../trait/waker.ts";
import { Coding } from "./coding.ts";
import { Intake } from "./intake.ts";
import { Latch } from "./latch.ts";
import { Outlet } from "./outlet.ts";
import { Steps, type StepHandlers } from "./steps.ts";
import {
  DEFAULT_BLOCK_SIZE,
  TRANSFORM_OPTIONS,
  type TransformEngineOptions,
} from "./transform-options.ts";
import type { Transformer, TransformControl } from "./transformer.ts";

type Step = "transform" | "flush" | "finish";

/**
 * A layer over a {@link Transformer}: bytes become other bytes for an inner writer.
 *
 * Accepted bytes are gathered in blocks. While one block is transformed, the next one fills; with
 * both full, writes are `PENDING`. Output goes to the inner writer as it accepts it, and no step
 * begins before all output is gone, so a slow inner writer slows this one down.
 *
 * ```ts
 * import { memory, TransformEngine, Writer, type TransformControl } from "@aw/core";
 *
 * let control: TransformControl;
 * const target = memory();
 * const writer = new Writer(
 *   new TransformEngine(target, {
 *     start: (given) => void (control = given),
 *     transform(block, done) {
 *       control.push(block.map((byte) => byte ^ 0x20)); // the other case of a letter
 *       done();
 *     },
 *   }),
 * );
 * await writer.writeAll("Hello");
 * await writer.close();
 * console.log(target.text()); // hELLO
 * ```
 */
export class TransformEngine implements Engine, TransformControl {
  static readonly #STEPS: StepHandlers<Step, TransformEngine> = {
    beginNext: (engine) => engine.#beginNext(),
    done: (step, engine) => engine.#stepDone(step),
    failed: (error, engine) => void engine.#latch.fail(error),
  };

  readonly #inner: AsyncWrite;
  readonly #transformer: Transformer;
  readonly #coding: Coding;
  readonly #latch: Latch;
  readonly #intake: Intake;
  readonly #outlet: Outlet;
  readonly #steps: Steps<Step, TransformEngine>;
  readonly #eager: boolean;
  #flushRequested = false;
  /** Whether a flush was completed in the background, and its caller has not been told. */
  #flushed = false;
  #finished = false;
  /** Whether `push` has asked for a pause. */
  #paused = false;
  /** Bytes that were gathered in blocks that have been taken. */
  #bytesTaken = 0;
  #turnEnd: TurnEnd | undefined;

  /** @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is not a writer, or for an option that
   * can't be meant */
  constructor(inner: AsyncWrite, transformer: Transformer, options: TransformEngineOptions = {}) {
    checkWriter("TransformEngine", inner);
    checkOptions("TransformEngine", options, TRANSFORM_OPTIONS);
    const { blockSize = DEFAULT_BLOCK_SIZE, firstBlockSize = DEFAULT_BLOCK_SIZE } = options;
    this.#inner = engineOf(inner);
    this.#transformer = transformer;
    this.#coding = new Coding(transformer);
    this.#eager = options.eager === true;
    this.#steps = new Steps<Step, TransformEngine>(TransformEngine.#STEPS, this);
    this.#intake = new Intake(new SlabSize(blockSize, firstBlockSize), this.#steps);
    this.#latch = new Latch(this, () => this.#onFailure());
    this.#outlet = new Outlet(this.#inner, () => this.#progress());
    transformer.start?.(this);
  }

  get state(): WriterState {
    return this.#latch.state;
  }

  /** Gathering many buffers is one call instead of many. */
  get isVectored(): boolean {
    return true;
  }

  get bytesIn(): number {
    return this.#bytesTaken + this.#intake.length;
  }

  get bytesOut(): number {
    return this.#outlet.bytes;
  }

  pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    // Only an open writer has a slab that takes more: the state need not be looked at.
    if (this.#intake.tryPutWithin(buf)) return buf.length;
    return this.#write(waker, buf);
  }

  pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    if (this.#latch.state !== "open") this.#latch.refuse();
    const first = bufs.findIndex(isNotEmpty);
    if (first === -1) return 0;
    const buf = bufs[first] as Uint8Array;
    const n = this.pollWrite(waker, buf);
    if (n === PENDING || n < buf.length) return n;
    const more = this.#intake.putMore(bufs, first + 1, Number.POSITIVE_INFINITY);
    if (more > 0) this.#scheduleTurnEnd();
    return n + more;
  }

  pollFlush(waker: Waker): Poll<void> {
    this.#latch.check();
    if (this.#latch.state === "closed") return;
    // Asking the inner writer again would begin another flush, which may be PENDING again.
    if (!(this.#flushed && this.#isClean())) {
      this.#intake.flushRequested = this.#flushRequested = true;
      this.#steps.advance();
      this.#latch.check();
      if (this.#flushRequested) return this.#latch.register(waker);
    }
    this.#flushed = false;
  }

  pollClose(waker: Waker): Poll<void> {
    this.#latch.check();
    this.#latch.beginClose();
    this.#intake.seal();
    this.#intake.push();
    this.#latch.check();
    if (this.#latch.state !== "closed") return this.#latch.register(waker);
  }

  abort(reason?: unknown): void {
    if (this.#latch.abort(reason)) this.#inner.abort?.(reason);
  }

  onFailure(listener: FailureListener): () => void {
    return this.#latch.onFailure(listener, () =>
      this.#inner.onFailure?.((failure) => void this.#latch.fail(failure)),
    );
  }

  acceptText(text: string): boolean {
    if (this.#latch.state !== "open") return false;
    const accepted = this.#intake.tryPutText(text);
    if (accepted) this.#scheduleTurnEnd();
    return accepted;
  }

  push(chunk: Uint8Array): boolean {
    if (chunk.length > 0 && this.#latch.state !== "failed") {
      this.#outlet.add(chunk);
      this.#progress();
    }
    this.#paused = this.#outlet.isCrowded;
    return !this.#paused;
  }

  fail(error: unknown): AsyncWriteError {
    return this.#latch.fail(error);
  }

  keepBlock(): () => void {
    return this.#intake.keepInFlight();
  }

  toString(): string {
    return `${describe(this.#transformer)} > ${describe(this.#inner)}`;
  }

  #write(waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.#latch.state !== "open") this.#latch.refuse();
    if (buf.length === 0) return 0;
    if (!this.#intake.hasRoom) {
      this.#intake.push();
      this.#latch.check();
      if (!this.#intake.hasRoom) return this.#latch.register(waker);
    }
    return this.#gather(buf);
  }

  /** Copies what fits; there is room. */
  #gather(buf: Uint8Array): number {
    const n = this.#intake.put(buf);
    if (this.#intake.isOpen) this.#scheduleTurnEnd();
    return n;
  }

  #scheduleTurnEnd(): void {
    if (!this.#eager) return;
    this.#turnEnd ??= new TurnEnd(() => {
      if (this.#intake.length === 0) return;
      this.#intake.flushRequested = true;
      this.#progress();
    });
    this.#turnEnd.schedule();
  }

  /** What happens in the background: an answer, more output, room in the inner writer. */
  #progress(): void {
    if (this.#steps.isAdvancing) return;
    this.#steps.advance();
    this.#latch.wake();
  }

  /** Moves output, then begins the next step. Returns whether there was one. */
  #beginNext(): boolean {
    while (this.#outlet.pump()) {
      if (!this.#paused) return this.#steps.current === undefined && this.#beginStep();
      this.#paused = false;
      this.#coding.resume();
    }
    return false;
  }

  #beginStep(): boolean {
    if (this.#intake.length > 0 && this.#intake.flushRequested) {
      this.#transformGathered();
    } else if (this.#latch.state === "closing" && !this.#finished) {
      this.#finished = true;
      this.#coding.finish(this.#steps.begin("finish"));
    } else if (this.#flushRequested && this.#coding.isDirty && !this.#finished) {
      this.#coding.flush(this.#steps.begin("flush"));
    } else {
      this.#settleInner();
      return false;
    }
    return true;
  }

  #transformGathered(): void {
    const block = this.#intake.take();
    this.#intake.flushRequested = this.#flushRequested || this.#latch.state === "closing";
    this.#bytesTaken += block.length;
    // A flush that was completed before these bytes says nothing about them.
    this.#flushed = false;
    // The end of the format is a flush of its own.
    const flushes = this.#flushRequested && this.#latch.state === "open";
    this.#coding.transform(block, flushes, this.#steps.begin("transform"));
  }

  /** All output is with the inner writer: flushes or closes that. */
  #settleInner(): void {
    if (this.#latch.state === "closing") {
      const answer = this.#inner.pollClose(this.#outlet);
      if (answer === PENDING) return;
      checkReady(answer, this.#inner);
      this.#flushRequested = false;
      this.#latch.endClose();
      this.#steps.stop();
      this.#coding.release();
    } else if (this.#flushRequested) {
      const answer = this.#inner.pollFlush(this.#outlet);
      if (answer !== PENDING) {
        checkReady(answer, this.#inner);
        this.#flushRequested = false;
        this.#flushed = true;
      }
    }
    this.#intake.flushRequested = this.#flushRequested;
  }

  /** Whether every accepted byte has become output, and that is with the inner writer. */
  #isClean(): boolean {
    return (
      this.#intake.length === 0 &&
      this.#steps.current === undefined &&
      !this.#coding.isDirty &&
      this.#outlet.isEmpty
    );
  }

  #stepDone(step: Step): void {
    if (step === "transform") this.#intake.land();
    this.#progress();
  }

  #onFailure(): void {
    this.#bytesTaken += this.#intake.length;
    this.#steps.stop();
    this.#intake.drop();
    this.#outlet.drop();
    this.#coding.release();
  }
}
