import { costOf, spend } from "../task/coop.ts";
import { isFailure, type Done } from "../trait/done.ts";
import { AsyncWriteError } from "../trait/error.ts";
import { checkOptions } from "../options/check-options.ts";
import { BOOLEAN, nested, POSITIVE_COUNT, required, type Schema } from "../options/rules.ts";
import type { Runnable } from "../task/executor.ts";
import { Loan } from "../engine/loan.ts";
import type { Operation } from "../trait/operation.ts";
import type { Poll } from "../trait/poll.ts";
import { LARGEST_SLAB } from "../slab/slab-pool.ts";
import { SlabSize } from "../slab/slab-size.ts";
import { StagedWriter } from "./staged-writer.ts";
import { atTurnEnd } from "../task/turn-end.ts";
import type { Waker } from "../trait/waker.ts";

/** How a `CompletionWriter` gathers bytes and passes them on. */
export interface CompletionWriterOptions {
  /**
   * The most bytes of one `transmit`, and so of one slab. Two slabs are held at most: one that
   * fills while the other one leaves. Default: 256 KiB.
   */
  capacity?: number | undefined;
  /** `transmit` answers before it returns. Large writes then go to it uncopied. */
  synchronous?: boolean | undefined;
  /**
   * A `writeAll` of at least `from` bytes lends its buffer: pieces of at most `atMost` bytes go to
   * `transmit` uncopied, and the promise resolves when the last one is answered. Only for
   * destinations that read it no more once they are destroyed. Default: none lends.
   */
  lend?: { from: number; atMost: number } | undefined;
}

const OPTIONS: Schema<CompletionWriterOptions> = {
  capacity: POSITIVE_COUNT,
  synchronous: BOOLEAN,
  lend: nested<{ from: number; atMost: number }>({
    from: required(POSITIVE_COUNT),
    atMost: required(POSITIVE_COUNT),
  }),
};

/** From this size on, in bytes, a copy costs more than another call of `transmit`. */
const UNCOPIED_FROM = 16 * 1024;

const NO_LENDING = { from: Infinity, atMost: 0 };

/** The most bytes of one synchronous call, so that others get their turn between two of them. */
const UNCOPIED_AT_MOST = 1024 * 1024;

type Step = "none" | "transmit" | "lend" | "rest" | "commit" | "finish";

/**
 * The engine for destinations that work by completion: "here are bytes, call me when done".
 *
 * Small writes are copied into a slab, and leave together at the end of the turn, when the slab
 * is full, or at flush. One step runs at a time; while one slab leaves, the next one fills. With
 * both full, writes are `PENDING`. A writer with nothing on its way holds no slab.
 *
 * For implementors: say how to {@link CompletionWriter.transmit}, and where that is not nothing,
 * how to {@link CompletionWriter.commit}, {@link CompletionWriter.finish} and
 * {@link CompletionWriter.destroy}. Report a failure in the background with `fail(error)`.
 *
 * ```ts
 * class SocketWriter extends CompletionWriter {
 *   protected transmit(bytes: Uint8Array, done: Done) { this.#socket.write(bytes, done); }
 *   protected override finish(done: Done) { this.#socket.end(done); }
 *   protected override destroy() { this.#socket.destroy(); }
 * }
 * ```
 */
export abstract class CompletionWriter extends StagedWriter {
  readonly #slabSize: SlabSize;
  readonly #synchronous: boolean;
  readonly #lend: { from: number; atMost: number };

  /** The step that has been begun and not answered. */
  #step: Step = "none";
  /** Whether `advance` is on the stack, so that an answer need not start it again. */
  #advancing = false;
  /** Whether bytes were transmitted since the last commit. */
  #uncommitted = false;
  #commitWanted = false;
  #turnEndScheduled = false;
  /** A large write that comes after what leaves now, and before what is staged. */
  #loan: Loan | undefined;

  /** Made with the first slab: a writer that has not been used costs nothing for it. */
  #turnEnd: Runnable | undefined;

  constructor(options: CompletionWriterOptions = {}) {
    super();
    checkOptions(new.target.name, options, OPTIONS);
    const { capacity = LARGEST_SLAB, synchronous = false, lend = NO_LENDING } = options;
    this.#slabSize = new SlabSize(capacity);
    this.#synchronous = synchronous;
    this.#lend = lend;
  }

  /**
   * Sends all of `bytes` on, then answers with `done`. The engine does not touch `bytes` before
   * that; nor may you after it.
   */
  protected abstract transmit(bytes: Uint8Array, done: Done): void;

  /** Makes what was transmitted durable. Called at flush and close, only if there is something. */
  protected commit?(done: Done): void;

  /** Ends the destination in an orderly way. Called once, after the last byte was transmitted. */
  protected finish(done: Done): void {
    done();
  }

  /** Lets go of the destination at once. Called once, after a failure or an abort. */
  protected destroy(_failure: AsyncWriteError): void {}

  override pollFlush(waker: Waker): Poll<void> {
    this.check();
    if (this.#isClean()) return;
    this.due = this.#commitWanted = true;
    this.advance();
    this.check();
    if (!this.#isClean()) return this.park(waker);
  }

  override pollClose(waker: Waker): Poll<void> {
    this.check();
    this.beginClose();
    this.due = this.#commitWanted = true;
    this.advance();
    this.check();
    if (this.state !== "closed") return this.park(waker);
  }

  protected override cleanUp(failure: AsyncWriteError): void {
    this.#loan = undefined;
    this.forgetSlabs();
    this.destroy(failure);
  }

  protected override openStaged(size: number): void {
    this.staged.open(this.#slabSize.for(size), this.#slabSize.max);
    if (this.#turnEndScheduled) return;
    this.#turnEndScheduled = true;
    this.#turnEnd ??= { run: () => this.#onTurnEnd() };
    atTurnEnd(this.#turnEnd);
  }

  #onTurnEnd(): void {
    this.#turnEndScheduled = false;
    if (this.staged.length === 0) return;
    this.due = true;
    this.advance();
  }

  protected override lend(data: Uint8Array): Operation<void> | undefined {
    if (data.length < this.#lend.from) return undefined;
    // What was gathered before goes first; while it can't, gathering more is what there is to do.
    this.due = true;
    this.advance();
    // What goes first may have failed: then nobody may hold the caller's buffer.
    if (this.state !== "open" || this.staged.length > 0 || this.#loan !== undefined) {
      return undefined;
    }
    this.#loan = new Loan(data, (waker, loan) => this.#pollLoan(waker, loan));
    return this.#loan;
  }

  #pollLoan(waker: Waker, loan: Loan): Poll<void> {
    if (loan.isOver) return;
    this.check();
    this.advance();
    if (loan.isOver) return;
    this.check();
    return this.park(waker);
  }

  protected override goesUncopied(buf: Uint8Array): boolean {
    // A commit may take its time even here: it may not overtake, and not count for, later bytes.
    return this.#synchronous && this.#step === "none" && buf.length >= UNCOPIED_FROM;
  }

  protected override writeUncopied(buf: Uint8Array): number {
    const part = buf.length > UNCOPIED_AT_MOST ? buf.subarray(0, UNCOPIED_AT_MOST) : buf;
    let n;
    try {
      n = this.transmitNow(part);
    } catch (error) {
      throw this.fail(error);
    }
    this.#uncommitted = true;
    return n;
  }

  /**
   * Sends the start of `bytes` on, at least one byte, and returns how many that were: less than
   * all if less fits, so that bytes count as accepted that are at the destination (AW-WRITE-6).
   * Called only of a synchronous writer. The default sends all, by `transmit`.
   */
  protected transmitNow(bytes: Uint8Array): number {
    let answered = false;
    let failure: unknown;
    this.transmit(bytes, (error) => {
      answered = true;
      failure = error;
    });
    if (!answered) {
      const message = `${this}: transmit did not answer at once, but says it is synchronous`;
      throw new AsyncWriteError("ERR_AW_PROTOCOL", message);
    }
    if (isFailure(failure)) throw failure;
    return bytes.length;
  }

  /** Bytes went to the destination past the steps: the next flush or close commits them too. */
  protected markUncommitted(): void {
    this.#uncommitted = true;
  }

  /** Begins every step whose time has come, until one has to be waited for. */
  protected override advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    try {
      while (this.#step === "none" && this.#begin());
    } catch (error) {
      this.fail(error);
    }
    this.#advancing = false;
  }

  /** Begins the next step. Returns whether there was one. */
  #begin(): boolean {
    if (this.state === "closed" || this.state === "failed") return false;
    if (this.#loan !== undefined) {
      this.#step = "lend";
      this.transmit(this.#loan.take(this.#lend.atMost), this.#answer("lend"));
    } else if (this.staged.length > 0) {
      if (!this.due) return false;
      this.#transmitStaged();
    } else if (this.#commitWanted && this.#uncommitted && this.commit !== undefined) {
      this.#step = "commit";
      this.commit(this.#answer("commit"));
    } else if (this.state === "closing") {
      this.#step = "finish";
      this.finish(this.#answer("finish"));
    } else {
      this.due = this.#commitWanted = false;
      return false;
    }
    return true;
  }

  #transmitStaged(): void {
    const slab = this.takeStaged();
    this.due = this.#commitWanted;
    this.#slabSize.adapt(slab);
    this.#step = "transmit";
    this.transmit(slab.view(), this.#answer("transmit"));
  }

  /** The answer to one step: counts once, and not any more after a failure. */
  #answer(step: Step): Done {
    let answered = false;
    return (error) => {
      if (answered || this.state === "failed") return;
      answered = true;
      this.#step = "none";
      if (isFailure(error)) this.fail(error);
      else this.#complete(step);
    };
  }

  #complete(step: Step): void {
    if (step === "transmit") {
      this.leaving.release();
      this.#uncommitted = true;
    } else if (step === "lend") {
      this.#uncommitted = true;
      if (this.#restAfterPiece()) return;
    } else if (step === "commit") {
      this.#uncommitted = false;
    } else if (step === "finish") {
      this.endClose();
    }
    this.advance();
    this.unpark();
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
    const turn = spend(costOf(this.#lend.atMost));
    if (turn === undefined) return false;
    this.#step = "rest";
    void turn.then(this.#answer("rest"));
    return true;
  }

  #isClean(): boolean {
    return (
      this.staged.length === 0 &&
      this.#loan === undefined &&
      this.#step !== "transmit" &&
      this.#step !== "commit" &&
      !(this.#uncommitted && this.commit !== undefined)
    );
  }
}
