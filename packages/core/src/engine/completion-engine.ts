import type { FailureListener } from "../trait/async-write.ts";
import { checkOptions } from "../options/check-options.ts";
import { isNotEmpty } from "../slab/bytes.ts";
import { LARGEST_SLAB } from "../slab/slab-pool.ts";
import { COSTLY } from "../task/coop.ts";
import { atTurnEnd, type TurnEndTask } from "../task/turn-end.ts";
import { describe } from "../trait/describe.ts";
import type { Engine } from "../trait/engine.ts";
import type { AsyncWriteError } from "../trait/error.ts";
import type { Operation } from "../trait/operation.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { WriterState } from "../trait/state.ts";
import type { Waker } from "../trait/waker.ts";
import {
  COMPLETION_OPTIONS,
  NO_LENDING,
  type CompletionEngineOptions,
} from "./completion-options.ts";
import type { CompletionControl, Destination } from "./destination.ts";
import { Latch } from "./latch.ts";
import { Sender } from "./sender.ts";

/** From this size on, in bytes, a copy costs more than another call of `transmitNow`. */
const BYPASS_FROM = 16 * 1024;

/** About what a system call costs, in the budget of cooperation. */
const SEND_COST = 4;

const NO_OPTIONS: CompletionEngineOptions = {};

/**
 * An `AsyncWrite` over a {@link Destination}: "here are bytes, call me when they have left".
 *
 * Small writes are copied into a slab, and leave together at the end of the turn, when the slab is
 * full, or at flush. While one slab is in flight, the next one fills; with both full, writes are
 * `PENDING`. An engine with nothing to send holds no slab.
 *
 * ```ts
 * import { CompletionEngine, Writer } from "@aw/core";
 *
 * const sent: string[] = [];
 * const writer = new Writer(
 *   new CompletionEngine({
 *     transmit(bytes, done) {
 *       sent.push(new TextDecoder().decode(bytes));
 *       setTimeout(done, 1); // as a socket, which takes its time
 *     },
 *   }),
 * );
 * await writer.writeAll("hello, ");
 * await writer.writeAll("world");
 * await writer.close();
 * console.log(sent); // [ 'hello, world' ]
 * ```
 */
export class CompletionEngine implements Engine, CompletionControl, TurnEndTask {
  /** One for all engines: a closure of its own would be much of what an idle one takes. */
  static readonly #onFailure = (failure: AsyncWriteError, engine: CompletionEngine): void =>
    engine.#release(failure);

  readonly #destination: Destination;
  readonly #latch: Latch;
  readonly #sender: Sender;
  /** Whether it is run at the end of the turn. */
  #isScheduled = false;

  /** @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` for an option that can't be meant */
  constructor(destination: Destination, options: CompletionEngineOptions = NO_OPTIONS) {
    if (options !== NO_OPTIONS) checkOptions("CompletionEngine", options, COMPLETION_OPTIONS);
    const { capacity = LARGEST_SLAB, lend = NO_LENDING } = options;
    this.#destination = destination;
    this.#latch = new Latch(this, CompletionEngine.#onFailure);
    this.#sender = new Sender(destination, this.#latch, capacity, lend);
    destination.start?.(this);
  }

  get state(): WriterState {
    return this.#latch.state;
  }

  /** Gathering many buffers is one call instead of many. */
  get isVectored(): boolean {
    return true;
  }

  get hasUnsent(): boolean {
    return this.#sender.hasUnsent;
  }

  get isIdle(): boolean {
    return this.#sender.isIdle;
  }

  /** How many bytes were accepted so far. */
  get bytesAccepted(): number {
    return this.#sender.accepted;
  }

  /**
   * How many of them, counted from the first one, are flushed: have left, and are committed where the destination
   * has a `commit`. Where bytes come all the time there are always some that are not; a flush that waits for
   * those that came before it compares both.
   */
  get bytesFlushed(): number {
    return this.#sender.flushed;
  }

  pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    // Only an open writer has a slab that takes more: the state need not be looked at.
    if (this.#sender.intake?.tryPutWithin(buf) === true) return buf.length;
    return this.#write(waker, buf);
  }

  pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    if (this.#latch.state !== "open") this.#latch.refuse();
    const first = bufs.findIndex(isNotEmpty);
    if (first === -1) return 0;
    const buf = bufs[first] as Uint8Array;
    const n = this.pollWrite(waker, buf);
    if (n === PENDING || n < buf.length) return n;
    const more = this.#sender.open().putMore(bufs, first + 1, this.#bypassFrom);
    if (more > 0) this.#scheduleTurnEnd();
    return n + more;
  }

  pollFlush(waker: Waker): Poll<void> {
    this.#latch.check();
    if (this.isIdle) return;
    this.#sender.requestFlush();
    this.#latch.check();
    if (!this.isIdle) return this.#latch.register(waker);
  }

  pollClose(waker: Waker): Poll<void> {
    this.#latch.check();
    if (this.#latch.state === "open") this.#beginClose();
    this.#sender.intake?.seal();
    this.#sender.requestFlush();
    this.#latch.check();
    if (this.#latch.state !== "closed") return this.#latch.register(waker);
  }

  abort(reason?: unknown): void {
    const hadFailed = this.#latch.state === "failed";
    const isFirst = this.#latch.abort(reason);
    if (isFirst ? hadFailed : this.#latch.state === "closed") this.#destination.abandon?.(reason);
  }

  onFailure(listener: FailureListener): () => void {
    return this.#latch.onFailure(listener);
  }

  fail(error: unknown): AsyncWriteError {
    return this.#latch.fail(error);
  }

  acceptText(text: string): boolean {
    if (this.#latch.state !== "open") return false;
    const accepted = this.#sender.open().tryPutText(text);
    if (accepted) this.#scheduleTurnEnd();
    else this.#sender.rest();
    return accepted;
  }

  send(): boolean {
    this.#sender.push();
    return this.#destination.commit === undefined;
  }

  /** A commit may take long. */
  get flushCost(): number {
    return this.#destination.commit === undefined ? SEND_COST : COSTLY;
  }

  /** Whether bytes are gathered that leave at the end of the turn. */
  get isDue(): boolean {
    return this.#sender.gathered > 0;
  }

  /** The end of the turn. */
  run(): void {
    this.#isScheduled = false;
    this.#sender.push();
  }

  lend(data: Uint8Array): Operation<void> | undefined {
    return this.#sender.lend(data);
  }

  drainNow(take: (bytes: Uint8Array) => void): void {
    this.#latch.check();
    if (this.#latch.state === "closed") return;
    this.#sender.drainInto(take);
    this.#latch.wake();
  }

  toString(): string {
    return describe(this.#destination);
  }

  get #hasRoom(): boolean {
    return this.#sender.intake?.hasRoom ?? true;
  }

  #beginClose(): void {
    this.#latch.beginClose();
    try {
      this.#destination.beginClose?.();
    } catch (error) {
      throw this.#latch.fail(error);
    }
  }

  #write(waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.#latch.state !== "open") this.#latch.refuse();
    if (buf.length === 0) return 0;
    const bypasses = this.#bypasses(buf);
    if (bypasses || !this.#hasRoom) {
      this.#sender.push();
      this.#latch.check();
      // What had to go first may have begun a step that lasts; then the order needs a copy.
      if (bypasses && this.#bypasses(buf)) return this.#sender.transmitNow(buf);
      if (!this.#hasRoom) return this.#latch.register(waker);
    }
    return this.#gather(buf);
  }

  /** Copies what fits; there is room. */
  #gather(buf: Uint8Array): number {
    const intake = this.#sender.open();
    const n = intake.put(buf);
    if (intake.isOpen) this.#scheduleTurnEnd();
    else this.#sender.rest();
    return n;
  }

  /** From which size on a write is better passed on without a copy, in bytes. */
  get #bypassFrom(): number {
    return this.#destination.transmitNow === undefined ? Number.POSITIVE_INFINITY : BYPASS_FROM;
  }

  /** Whether a write is passed on without a copy now: nothing may be overtaken. */
  #bypasses(buf: Uint8Array): boolean {
    return buf.length >= this.#bypassFrom && this.#sender.isFree;
  }

  /** Every slab that is open has a departure: this, a flush that is requested, or both. */
  #scheduleTurnEnd(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    atTurnEnd(this);
  }

  #release(failure: AsyncWriteError): void {
    this.#sender.stop();
    this.#destination.destroy?.(failure);
  }
}
