import { AsyncWriteError, PENDING, type AsyncWrite, type Poll, type Waker } from "@aw/core";
import { CountingWaker } from "./instruments/counting-waker.ts";
import type { Destination } from "./instruments/destination.ts";
import { Ledger } from "./ledger.ts";
import type { RuleId } from "./rules.ts";
import type { Subject } from "./subject.ts";
import { isWoken, QUICK_TURNS, withinPatience, type Deferred } from "./patience.ts";
import { turn } from "./turn.ts";
import { ConformanceError, expectRule } from "./violation.ts";

/** So many wakes without progress are a loop without an end. */
const MAX_POLLS = 20_000;

const TRANSIENT = new Set(["EAGAIN", "EWOULDBLOCK", "EINTR"]);

/**
 * Polls a subject, checks every answer against the contract, and keeps the model of what has to
 * arrive.
 */
export class Driver {
  readonly subject: Subject;
  readonly writer: AsyncWrite;
  /** The kit's own destination, under a layer. */
  readonly destination: Destination | undefined;
  readonly ledger: Ledger = new Ledger();
  /** How long a wake is waited for before it counts as lost, in milliseconds. */
  readonly patience: number;
  readonly #deferred: Deferred;

  constructor(
    subject: Subject,
    destination: Destination | undefined,
    deferred: Deferred,
    patience: number,
  ) {
    this.subject = subject;
    this.writer = subject.writer;
    this.destination = destination;
    this.#deferred = deferred;
    this.patience = patience;
  }

  /** One poll of a write, checked and recorded. */
  write(waker: Waker, buf: Uint8Array): Poll<number> {
    return this.#record([buf], false, () => this.writer.pollWrite(waker, buf));
  }

  /** One poll of a vectored write, checked and recorded. */
  writeVectored(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    return this.#record(bufs, true, () => this.writer.pollVectoredWrite(waker, bufs));
  }

  flush(waker: Waker): Poll<void> {
    return checkThrown(() => this.writer.pollFlush(waker));
  }

  close(waker: Waker): Poll<void> {
    return checkThrown(() => this.writer.pollClose(waker));
  }

  /** Writes all of `buf`, waiting while there is no room. */
  async writeAll(buf: Uint8Array): Promise<void> {
    let written = 0;
    while (written < buf.length) {
      const rest = buf.subarray(written);
      const n = await this.ready("AW-WRITE-2", (waker) => this.write(waker, rest));
      expectRule(n > 0, "AW-WRITE-4", "a writer whose destination has room answered 0");
      written += n;
    }
  }

  async flushed(): Promise<void> {
    await this.ready("AW-FLUSH-1", (waker) => this.flush(waker));
  }

  async closed(): Promise<void> {
    await this.ready("AW-CLOSE-1", (waker) => this.close(waker));
  }

  /** Compares what was accepted with what is at the destination. */
  async compare(missing: RuleId | undefined): Promise<void> {
    const { delivered } = this.subject;
    if (delivered !== undefined)
      this.ledger.compare(await delivered.call(this.subject, this.ledger.length), missing);
  }

  /** Whether all that was accepted comes to the destination without another poll. */
  async arrives(): Promise<boolean> {
    const { subject, ledger } = this;
    const arrived = async (): Promise<void> => {
      // A destination within the process has it after some turns; one over a network waits itself.
      for (let turns = 0; turns < QUICK_TURNS; turns++) {
        await this.settle();
        const bytes = await subject.delivered?.(ledger.length);
        if (bytes === undefined || bytes.length >= ledger.length) return;
      }
      return new Promise(() => {});
    };
    return withinPatience(arrived(), this.patience);
  }

  /**
   * Polls until the answer is ready, each time after a wake.
   *
   * @param stuck the rule that is broken if it never gets ready
   */
  async ready<T>(stuck: RuleId, poll: (waker: Waker) => Poll<T>): Promise<T> {
    for (let polls = 0; polls < MAX_POLLS; polls++) {
      const waker = new CountingWaker();
      const answer = poll(waker);
      if (answer !== PENDING) return answer;
      if (await this.isWoken(waker)) continue;
      const late = poll(new CountingWaker());
      if (late === PENDING) {
        throw new ConformanceError(stuck, "the poll stays PENDING, and nothing wakes it");
      }
      throw lostWake(stuck);
    }
    throw new ConformanceError(stuck, `PENDING ${MAX_POLLS} times in a row, woken each time`);
  }

  /** Waits for a wake, for as long as the kit is patient. */
  isWoken(waker: CountingWaker): Promise<boolean> {
    return isWoken(waker, this.#deferred, this.patience);
  }

  /** Runs one of the steps that the subject asked to run later. Returns whether there was one. */
  runDeferred(): boolean {
    return this.#deferred.runOne();
  }

  /** Lets everything run that needs no poll. */
  async settle(): Promise<void> {
    for (let turns = 0; turns < 3; turns++) {
      while (this.#deferred.runOne()) await Promise.resolve();
      await turn();
    }
  }

  #record(bufs: readonly Uint8Array[], vectored: boolean, poll: () => Poll<number>): Poll<number> {
    const buf = bufs.length === 1 ? (bufs[0] as Uint8Array) : concat(bufs);
    let n;
    try {
      n = checkThrown(poll);
    } catch (error) {
      this.ledger.refuse(buf, "threw", vectored);
      throw error;
    }
    if (n === PENDING) {
      const rule = vectored ? "AW-VEC-2" : "AW-WRITE-5";
      expectRule(buf.length > 0, rule, "a write of no bytes is PENDING");
      this.ledger.refuse(buf, "pending", vectored);
      return n;
    }
    const isCount = Number.isInteger(n) && n >= 0 && n <= buf.length;
    const rule = vectored ? "AW-VEC-1" : "AW-WRITE-1";
    expectRule(isCount, rule, `a write of ${buf.length} bytes answered ${String(n)}`);
    this.ledger.accept(buf, n, vectored);
    return n;
  }
}

/** A wake that never came, though there was progress. */
function lostWake(stuck: RuleId): ConformanceError {
  const rule = stuck === "AW-WRITE-2" || stuck === "AW-WRITE-7" ? "AW-WRITE-2" : "AW-WAKE-1";
  return new ConformanceError(rule, "the next poll is ready, and the waker was never woken");
}

/** Runs a poll; what it throws may be anything but a transient system error. */
function checkThrown<T>(poll: () => Poll<T>): Poll<T> {
  try {
    return poll();
  } catch (error) {
    const code = codeOf(error);
    const cause = error instanceof Error ? codeOf(error.cause) : undefined;
    const transient = [code, cause].find((each) => each !== undefined && TRANSIENT.has(each));
    expectRule(transient === undefined, "AW-FAIL-3", `it failed with ${transient}`, error);
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  const isCoded = typeof error === "object" && error !== null && "code" in error;
  return isCoded && typeof error.code === "string" ? error.code : undefined;
}

/** What a poll throws; undefined if it does not. */
export function thrownBy(poll: () => unknown): { error: unknown } | undefined {
  try {
    poll();
    return undefined;
  } catch (error) {
    if (error instanceof ConformanceError) throw error;
    return { error };
  }
}

/** Whether `error` is an AsyncWriteError of that code. */
export function hasCode(error: unknown, code: AsyncWriteError["code"]): boolean {
  return AsyncWriteError.is(error) && error.code === code;
}

function concat(bufs: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const buf of bufs) length += buf.length;
  const all = new Uint8Array(length);
  let end = 0;
  for (const buf of bufs) {
    all.set(buf, end);
    end += buf.length;
  }
  return all;
}
