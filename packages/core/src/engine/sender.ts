import { costOf, spend } from "../task/coop.ts";
import type { Done } from "../trait/done.ts";
import type { Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import type { Lending } from "./completion-options.ts";
import type { Destination } from "./destination.ts";
import type { Intake } from "./intake.ts";
import { acquireIntake, releaseIntake } from "./intake-pool.ts";
import type { Latch } from "./latch.ts";
import { Loan } from "./loan.ts";
import { StepRunner } from "./step-runner.ts";

/** The max bytes of one synchronous call, so that others get their turn between two of them. */
const NOW_AT_MOST = 1024 * 1024;

/** The max bytes, in one call, that a destination can be expected to take at once. */
const AT_ONCE_AT_MOST = 64 * 1024;

type Step = "transmit" | "lend" | "rest" | "commit" | "finish";

/**
 * The way out of a `CompletionEngine`: what was gathered, what was lent, commits and the end go to the
 * destination one step at a time, in the order in which they were asked for.
 */
export class Sender extends StepRunner<Step> {
  /** Where bytes are gathered, while there are some or a slab is in flight. For everybody else to read only. */
  intake: Intake | undefined;
  readonly #destination: Destination;
  readonly #latch: Latch;
  readonly #lending: Lending;
  readonly #capacity: number;
  /** A large write that comes after what is in flight, and before what is gathered. */
  #loan: Loan | undefined;
  /** How many bytes the destination was given so far, and how many of them it is done with. */
  #given = 0;
  #left = 0;
  /** How many of those are in the last commit that began, and in the last one that ended. */
  #inCommit = 0;
  #committed = 0;
  #commitRequested = false;
  /** The commit that is requested begins once so many have left: what comes later waits for another one. */
  #commitAt = 0;

  /**
   * @param latch the life of the writer: a step that fails ends it, and steps wake who waits
   * @param capacity the max bytes of a slab
   */
  constructor(destination: Destination, latch: Latch, capacity: number, lending: Lending) {
    super();
    this.#destination = destination;
    this.#latch = latch;
    this.#capacity = capacity;
    this.#lending = lending;
  }

  /** How many bytes were accepted so far, in all. */
  get accepted(): number {
    return this.#given + this.gathered + (this.#loan?.untaken ?? 0);
  }

  /** How many of them, counted from the first one, a flush has nothing to do for any more. */
  get flushed(): number {
    return this.#destination.commit === undefined ? this.#left : this.#committed;
  }

  /** How many bytes are gathered and not in flight yet. */
  get gathered(): number {
    return this.intake?.length ?? 0;
  }

  /** Whether bytes are gathered or in flight. */
  get hasUnsent(): boolean {
    return this.#isInFlight || this.gathered > 0 || this.#loan !== undefined;
  }

  get #isInFlight(): boolean {
    const { current } = this;
    return current === "transmit" || current === "lend";
  }

  /** Whether nothing is gathered, and nothing is in flight or waits for a commit. */
  get isIdle(): boolean {
    return (
      !this.hasUnsent &&
      this.current !== "commit" &&
      !(this.#isUncommitted && this.#destination.commit !== undefined)
    );
  }

  /** Whether bytes have left since the last commit began. */
  get #isUncommitted(): boolean {
    return this.#left > this.#inCommit;
  }

  /**
   * Whether bytes that are sent now overtake nothing. A commit may take its time even with nothing
   * gathered: it may not overtake, and not count for, later bytes.
   */
  get isFree(): boolean {
    return this.current === undefined && this.#loan === undefined;
  }

  /** Where bytes are gathered from now on. */
  open(): Intake {
    return (this.intake ??= acquireIntake(this.#capacity, this));
  }

  /** Lets go of an intake that holds nothing. */
  rest(): void {
    const { intake } = this;
    // What fills a slab takes the step itself, and may go on gathering.
    if (intake === undefined || this.isAdvancing) return;
    if (releaseIntake(intake)) this.intake = undefined;
  }

  /** Lets the gathered bytes leave, if there are any and they can. */
  push(): void {
    if (this.gathered > 0) this.intake?.push();
    this.rest();
  }

  /** Lets everything leave that was accepted so far, and then be committed. */
  requestFlush(): void {
    if (!this.#commitRequested) {
      this.#commitRequested = true;
      if (this.#destination.commit !== undefined) this.#commitAt = this.accepted;
    }
    if (this.intake !== undefined) this.intake.flushRequested = true;
    this.advance();
    this.rest();
  }

  /** Sends the start of `buf` without a copy, and returns how much that was. Only while it is free. */
  transmitNow(buf: Uint8Array): number {
    const part = buf.length > NOW_AT_MOST ? buf.subarray(0, NOW_AT_MOST) : buf;
    try {
      const n = this.#destination.transmitNow?.(part) ?? 0;
      this.#given += n;
      this.#left = this.#given;
      return n;
    } catch (error) {
      throw this.#latch.fail(error);
    }
  }

  /** A loan of `data`, if it is large enough and nothing that is gathered has to go first. */
  lend(data: Uint8Array): Loan | undefined {
    if (data.length < this.#lending.from || this.#latch.state !== "open") return undefined;
    // What was gathered before goes first; while it can't, gathering more is what there is to do.
    this.push();
    if (this.gathered > 0 || this.#loan !== undefined || this.#latch.state !== "open") {
      return undefined;
    }
    this.#loan = new Loan(data, (waker, loan) => this.#pollLoan(waker, loan));
    return this.#loan;
  }

  /** Hands the gathered bytes to `take`, past the steps. */
  drainInto(take: (bytes: Uint8Array) => void): void {
    const before = this.gathered;
    if (before === 0) return;
    this.intake?.drainInto(take);
    this.#given += before - this.gathered;
    // While bytes are in flight, it is not known whether those before these have left.
    if (!this.#isInFlight) this.#left = this.#given;
  }

  /** Drops everything, too. */
  override stop(): void {
    super.stop();
    this.#loan = undefined;
    this.intake?.drop();
    this.intake = undefined;
  }

  #pollLoan(waker: Waker, loan: Loan): Poll<void> {
    if (loan.isOver) return;
    this.advance();
    if (loan.isOver) return;
    this.#latch.check();
    return this.#latch.register(waker);
  }

  protected override beginNext(): boolean {
    if (this.current !== undefined) return false;
    const destination = this.#destination;
    if (destination.commit !== undefined && this.#mustCommit) {
      this.#commitRequested = false;
      // What is handed over past the steps meanwhile is not in this commit.
      this.#inCommit = this.#left;
      destination.commit(this.begin("commit"));
    } else if (this.#loan !== undefined) {
      const piece = this.#loan.take(this.#lending.atMost);
      this.#given += piece.length;
      destination.transmit(piece, this.begin("lend"));
    } else if (this.intake !== undefined && this.intake.length > 0) {
      if (!this.intake.flushRequested) return false;
      this.#transmit(this.intake);
    } else if (this.#latch.state === "closing") {
      const done = this.begin("finish");
      if (destination.finish === undefined) done();
      else destination.finish(done);
    } else {
      this.#commitRequested = false;
      if (this.intake !== undefined) this.intake.flushRequested = false;
      return false;
    }
    return true;
  }

  /**
   * Whether a commit was asked for, of what has left: that does not wait for what comes after it all the time. Before
   * the end it is, of everything.
   */
  get #mustCommit(): boolean {
    if (!this.#isUncommitted) return false;
    if (this.#latch.state === "closing" && this.#left === this.accepted) return true;
    return this.#commitRequested && this.#left >= this.#commitAt;
  }

  #transmit(intake: Intake): void {
    const bytes = intake.take();
    intake.flushRequested = this.#commitRequested;
    if (!this.#hand(bytes)) return;
    intake.land();
    this.#latch.wake();
  }

  /** Hands bytes to the destination. Returns whether they have left within the call; if not, a step lasts until then. */
  #hand(bytes: Uint8Array): boolean {
    const destination = this.#destination;
    this.#given += bytes.length;
    if (destination.transmitAtOnce === undefined || bytes.length > AT_ONCE_AT_MOST) {
      destination.transmit(bytes, this.begin("transmit"));
      return false;
    }
    if (destination.transmitAtOnce(bytes)) {
      this.#left = this.#given;
      return true;
    }
    destination.whenTransmitted?.(this.begin("transmit"));
    return false;
  }

  protected override stepDone(step: Step): void {
    if (step === "transmit") {
      this.intake?.land();
      this.#left = this.#given;
    } else if (step === "lend") {
      this.#left = this.#given;
      if (this.#restAfterPiece()) return;
    } else if (step === "commit") {
      this.#committed = this.#inCommit;
    } else if (step === "finish") {
      this.#latch.endClose();
      super.stop();
    }
    this.advance();
    this.#latch.wake();
    this.rest();
  }

  protected override stepFailed(error: unknown): void {
    this.#latch.fail(error);
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
    const rested: Done = this.begin("rest");
    void turn.then(() => rested());
    return true;
  }
}
