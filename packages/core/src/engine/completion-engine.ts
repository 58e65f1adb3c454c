import type { FailureListener } from "../trait/async-write.ts";
import { checkOptions } from "../options/check-options.ts";
import { nested, POSITIVE_COUNT, required, type Schema } from "../options/rules.ts";
import { isNotEmpty } from "../slab/bytes.ts";
import { SlabSize } from "../slab/slab-size.ts";
import { LARGEST_SLAB } from "../slab/slab-pool.ts";
import { COSTLY, costOf, spend } from "../task/coop.ts";
import { atTurnEnd, type TurnEndTask } from "../task/turn-end.ts";
import { describe } from "../trait/describe.ts";
import type { Done } from "../trait/done.ts";
import type { Engine } from "../trait/engine.ts";
import type { AsyncWriteError } from "../trait/error.ts";
import type { Operation } from "../trait/operation.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { WriterState } from "../trait/state.ts";
import type { Waker } from "../trait/waker.ts";
import type { CompletionControl, Destination } from "./destination.ts";
import { Intake } from "./intake.ts";
import { Latch } from "./latch.ts";
import { Loan } from "./loan.ts";
import { Steps, type StepHandlers } from "./steps.ts";

/** How a `CompletionEngine` gathers bytes and hands them to its destination. */
export interface CompletionEngineOptions {
  /**
   * The max bytes of one `transmit`, and so of one slab. At most two slabs are held: one that fills
   * while the other is in flight. Default: 256 KiB.
   */
  capacity?: number | undefined;
  /**
   * A `writeAll` of at least `from` bytes lends its buffer: pieces of at most `atMost` bytes go to
   * `transmit` without a copy, and the promise resolves when the last one is done. Only for
   * destinations that do not read it once they are destroyed. Default: none lends.
   */
  lend?: { from: number; atMost: number } | undefined;
}

/** From this size on, in bytes, a copy costs more than another call of `transmitNow`. */
const BYPASS_FROM = 16 * 1024;

/** The max bytes of one synchronous call, so that others get their turn between two of them. */
const BYPASS_AT_MOST = 1024 * 1024;

/** The max bytes, in one call, that a destination can be expected to take at once. */
const AT_ONCE_AT_MOST = 64 * 1024;

/** About what a system call costs, in the budget of cooperation. */
const SEND_COST = 4;

const OPTIONS: Schema<CompletionEngineOptions> = {
  capacity: POSITIVE_COUNT,
  lend: nested<{ from: number; atMost: number }>({
    from: required(POSITIVE_COUNT),
    atMost: required(POSITIVE_COUNT),
  }),
};

const NO_OPTIONS: CompletionEngineOptions = {};

const NO_LENDING = { from: Number.POSITIVE_INFINITY, atMost: 0 };

type Step = "transmit" | "lend" | "rest" | "commit" | "finish";

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
  /** One for all engines: closures of its own would be most of what an idle one takes. */
  static readonly #STEPS: StepHandlers<Step, CompletionEngine> = {
    beginNext: (engine) => engine.#beginNext(),
    done: (step, engine) => engine.#stepDone(step),
    failed: (error, engine) => void engine.#latch.fail(error),
  };
  static readonly #onFailure = (failure: AsyncWriteError, engine: CompletionEngine): void =>
    engine.#release(failure);

  readonly #destination: Destination;
  readonly #latch: Latch;
  readonly #capacity: number;
  /** Made for the first bytes. */
  #intake: Intake | undefined;
  readonly #steps: Steps<Step, CompletionEngine>;
  readonly #lending: { from: number; atMost: number };
  /** Whether bytes were transmitted since the last commit. */
  #uncommitted = false;
  #commitRequested = false;
  /** A large write that comes after what is in flight, and before what is gathered. */
  #loan: Loan | undefined;
  /** Whether it is run at the end of the turn. */
  #isScheduled = false;

  /** @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` for an option that can't be meant */
  constructor(destination: Destination, options: CompletionEngineOptions = NO_OPTIONS) {
    if (options !== NO_OPTIONS) checkOptions("CompletionEngine", options, OPTIONS);
    const { capacity = LARGEST_SLAB, lend = NO_LENDING } = options;
    this.#destination = destination;
    this.#lending = lend;
    this.#capacity = capacity;
    this.#latch = new Latch(this, CompletionEngine.#onFailure);
    this.#steps = new Steps<Step, CompletionEngine>(CompletionEngine.#STEPS, this);
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
    return this.#gathered > 0 || this.#loan !== undefined || this.#steps.current === "transmit";
  }

  get isIdle(): boolean {
    return (
      !this.hasUnsent &&
      this.#steps.current !== "commit" &&
      !(this.#uncommitted && this.#destination.commit !== undefined)
    );
  }

  pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    // Only an open writer has a slab that takes more: the state need not be looked at.
    if (this.#intake?.tryPut(buf) === true) return buf.length;
    return this.#write(waker, buf);
  }

  pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    if (this.#latch.state !== "open") this.#latch.refuse();
    const first = bufs.findIndex(isNotEmpty);
    if (first === -1) return 0;
    const buf = bufs[first] as Uint8Array;
    const n = this.pollWrite(waker, buf);
    if (n === PENDING || n < buf.length) return n;
    const more = this.#opened().putMore(bufs, first + 1, this.#bypassFrom);
    if (more > 0) this.#scheduleTurnEnd();
    return n + more;
  }

  pollFlush(waker: Waker): Poll<void> {
    this.#latch.check();
    if (this.isIdle) return;
    this.#requestFlush();
    this.#latch.check();
    if (!this.isIdle) return this.#latch.register(waker);
  }

  pollClose(waker: Waker): Poll<void> {
    this.#latch.check();
    if (this.#latch.state === "open") this.#beginClose();
    this.#intake?.seal();
    this.#requestFlush();
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
    const accepted = this.#opened().putText(text);
    if (accepted) this.#scheduleTurnEnd();
    return accepted;
  }

  send(): boolean {
    this.#push();
    return this.#destination.commit === undefined;
  }

  /** A commit may take long. */
  get flushCost(): number {
    return this.#destination.commit === undefined ? SEND_COST : COSTLY;
  }

  /** Whether bytes are gathered that leave at the end of the turn. */
  get isDue(): boolean {
    return this.#gathered > 0;
  }

  /** The end of the turn. */
  run(): void {
    this.#isScheduled = false;
    this.#push();
  }

  lend(data: Uint8Array): Operation<void> | undefined {
    if (data.length < this.#lending.from || this.#latch.state !== "open") return undefined;
    // What was gathered before goes first; while it can't, gathering more is what there is to do.
    this.#push();
    if (this.#gathered > 0 || this.#loan !== undefined || this.#latch.state !== "open") {
      return undefined;
    }
    this.#loan = new Loan(data, (waker, loan) => this.#pollLoan(waker, loan));
    return this.#loan;
  }

  drainNow(take: (bytes: Uint8Array) => void): void {
    this.#latch.check();
    if (this.#latch.state === "closed") return;
    if (this.#gathered > 0) {
      this.#intake?.drainInto(take);
      this.#uncommitted = true;
    }
    this.#latch.wake();
  }

  toString(): string {
    return describe(this.#destination);
  }

  /** How many bytes are gathered. */
  get #gathered(): number {
    return this.#intake?.length ?? 0;
  }

  get #hasRoom(): boolean {
    return this.#intake?.hasRoom ?? true;
  }

  #opened(): Intake {
    return (this.#intake ??= new Intake(new SlabSize(this.#capacity), this.#steps));
  }

  /** Lets the gathered bytes leave, if there are any and they can. */
  #push(): void {
    if (this.#gathered > 0) this.#intake?.push();
  }

  #requestFlush(): void {
    this.#commitRequested = true;
    if (this.#intake !== undefined) this.#intake.flushRequested = true;
    this.#steps.advance();
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
      this.#push();
      this.#latch.check();
      // What had to go first may have begun a step that lasts; then the order needs a copy.
      if (bypasses && this.#bypasses(buf)) return this.#transmitNow(buf);
      if (!this.#hasRoom) return this.#latch.register(waker);
    }
    return this.#gather(buf);
  }

  /** Copies what fits; there is room. */
  #gather(buf: Uint8Array): number {
    const intake = this.#opened();
    const n = intake.put(buf);
    if (intake.isOpen) this.#scheduleTurnEnd();
    return n;
  }

  /** From which size on a write is better passed on without a copy, in bytes. */
  get #bypassFrom(): number {
    return this.#destination.transmitNow === undefined ? Number.POSITIVE_INFINITY : BYPASS_FROM;
  }

  /** Whether a write is passed on without a copy now: nothing may be overtaken. */
  #bypasses(buf: Uint8Array): boolean {
    // A commit may take its time even here: it may not overtake, and not count for, later bytes.
    return (
      buf.length >= this.#bypassFrom &&
      this.#steps.current === undefined &&
      this.#loan === undefined
    );
  }

  #transmitNow(buf: Uint8Array): number {
    const part = buf.length > BYPASS_AT_MOST ? buf.subarray(0, BYPASS_AT_MOST) : buf;
    try {
      const n = this.#destination.transmitNow?.(part) ?? 0;
      this.#uncommitted = true;
      return n;
    } catch (error) {
      throw this.#latch.fail(error);
    }
  }

  /** Every slab that is open has a departure: this, a flush that is requested, or both. */
  #scheduleTurnEnd(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    atTurnEnd(this);
  }

  #pollLoan(waker: Waker, loan: Loan): Poll<void> {
    if (loan.isOver) return;
    this.#latch.check();
    this.#steps.advance();
    if (loan.isOver) return;
    this.#latch.check();
    return this.#latch.register(waker);
  }

  /** Begins the next step. Returns whether there was one. */
  #beginNext(): boolean {
    if (this.#steps.current !== undefined) return false;
    const destination = this.#destination;
    if (this.#loan !== undefined) {
      const piece = this.#loan.take(this.#lending.atMost);
      destination.transmit(piece, this.#steps.begin("lend"));
    } else if (this.#intake !== undefined && this.#intake.length > 0) {
      if (!this.#intake.flushRequested) return false;
      this.#transmit(this.#intake);
    } else if (this.#commitRequested && this.#uncommitted && destination.commit !== undefined) {
      destination.commit(this.#steps.begin("commit"));
    } else if (this.#latch.state === "closing") {
      const done = this.#steps.begin("finish");
      if (destination.finish === undefined) done();
      else destination.finish(done);
    } else {
      this.#commitRequested = false;
      if (this.#intake !== undefined) this.#intake.flushRequested = false;
      return false;
    }
    return true;
  }

  #transmit(intake: Intake): void {
    const destination = this.#destination;
    const bytes = intake.take();
    intake.flushRequested = this.#commitRequested;
    if (destination.transmitAtOnce === undefined || bytes.length > AT_ONCE_AT_MOST) {
      destination.transmit(bytes, this.#steps.begin("transmit"));
    } else if (destination.transmitAtOnce(bytes)) {
      intake.land();
      this.#uncommitted = true;
      this.#latch.wake();
    } else {
      destination.whenTransmitted?.(this.#steps.begin("transmit"));
    }
  }

  #stepDone(step: Step): void {
    if (step === "transmit") {
      this.#intake?.land();
      this.#uncommitted = true;
    } else if (step === "lend") {
      this.#uncommitted = true;
      if (this.#restAfterPiece()) return;
    } else if (step === "commit") {
      this.#uncommitted = false;
    } else if (step === "finish") {
      this.#latch.endClose();
      this.#steps.stop();
    }
    this.#steps.advance();
    this.#latch.wake();
  }

  /**
   * A piece of the loan has left. Returns whether the next one waits for the next turn of the event
   * loop: a destination that takes piece after piece at once would let nobody else run (AW-FAIR-1).
   */
  #restAfterPiece(): boolean {
    const loan = this.#loan;
    loan?.giveBack();
    if (loan === undefined || loan.isOver) {
      this.#loan = undefined;
      return false;
    }
    const turn = spend(costOf(this.#lending.atMost));
    if (turn === undefined) return false;
    const rested: Done = this.#steps.begin("rest");
    void turn.then(() => rested());
    return true;
  }

  #release(failure: AsyncWriteError): void {
    this.#steps.stop();
    this.#loan = undefined;
    this.#intake?.drop();
    this.#destination.destroy?.(failure);
  }
}
