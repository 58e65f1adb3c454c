import { PENDING, type AsyncBufRead, type Poll, type Waker } from "@aw/core";
import { CountingWaker } from "../instruments/counting-waker.ts";
import type { Origin } from "../instruments/origin.ts";
import { isWoken, type Deferred } from "../patience.ts";
import type { ReaderRuleId } from "../rules.ts";
import { turn } from "../turn.ts";
import { ConformanceError, expectRule } from "../violation.ts";
import type { ReaderSubject } from "./reader-subject.ts";

/** So many wakes without progress are a loop without an end. */
const MAX_POLLS = 20_000;

/**
 * Polls a reader, checks every answer against the contract, and keeps the model of what has to come.
 */
export class ReaderDriver {
  readonly subject: ReaderSubject;
  readonly reader: AsyncBufRead;
  /** The kit's own source, under a layer. */
  readonly origin: Origin | undefined;
  /** How many bytes were read. */
  read = 0;
  readonly #deferred: Deferred;
  readonly #patience: number;
  /** All bytes that were given, with room behind them. */
  #given: Uint8Array = new Uint8Array(1024);
  #length = 0;
  #ended = false;
  #failed = false;
  /** What the latest poll showed, and what that looked like. */
  #view: Uint8Array = new Uint8Array(0);
  #copy: Uint8Array = new Uint8Array(0);
  /** Where the reader was before the latest `consume`. */
  #before = 0;

  constructor(
    subject: ReaderSubject,
    origin: Origin | undefined,
    deferred: Deferred,
    patience: number,
  ) {
    this.subject = subject;
    this.reader = subject.reader;
    this.origin = origin;
    this.#deferred = deferred;
    this.#patience = patience;
  }

  /** How many bytes were given and not read. */
  get unread(): number {
    return this.#length - this.read;
  }

  async give(bytes: Uint8Array): Promise<void> {
    const end = this.#length + bytes.length;
    if (end > this.#given.length) {
      const grown = new Uint8Array(2 * end);
      grown.set(this.#given);
      this.#given = grown;
    }
    this.#given.set(bytes, this.#length);
    this.#length = end;
    await this.subject.give(bytes);
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.subject.end();
  }

  /** Makes the source fail. */
  async fail(error: Error): Promise<void> {
    this.#failed = true;
    await this.subject.fail?.(error);
  }

  /** One poll, checked. */
  poll(waker: Waker): Poll<Uint8Array> {
    this.checkView();
    const answer = this.#checked(() => this.reader.pollFillBuf(waker));
    this.#note(answer === PENDING ? new Uint8Array(0) : answer);
    return answer;
  }

  /** One poll that takes the chunk, checked; a reader need not have it. */
  take(waker: Waker): Poll<Uint8Array> {
    this.checkView();
    this.#note(new Uint8Array(0));
    const answer = this.#checked(() => this.reader.pollTake?.(waker) ?? PENDING);
    if (answer !== PENDING) {
      this.#before = this.read;
      this.read += answer.length;
    }
    return answer;
  }

  consume(amount: number): void {
    this.checkView();
    this.reader.consume(amount);
    this.#before = this.read;
    this.read += amount;
    this.#note(new Uint8Array(0));
  }

  /** Whether the latest view still shows what it showed. */
  checkView(): void {
    const same = this.#copy.every((byte, index) => byte === this.#view[index]);
    expectRule(same, "AW-READ-3", "a view changed before consume and before the next poll");
  }

  /** Reads so many bytes, `step` at a time at most, waiting for them. */
  async readBytes(count: number, step: number = count): Promise<void> {
    for (const stop = this.read + count; this.read < stop;) {
      const view = await this.ready();
      expectRule(view.length > 0, "AW-READ-4", `it ended with ${stop - this.read} bytes unread`);
      this.consume(Math.min(view.length, step, stop - this.read));
    }
  }

  /** Reads what was given, and the end if that was told. */
  async readRest(): Promise<void> {
    await this.readBytes(this.unread);
    if (!this.#ended) return;
    const view = await this.ready();
    expectRule(view.length === 0, "AW-READ-4", "it does not end after the last byte");
  }

  /**
   * Polls until the answer is ready, each time after a wake.
   *
   * @param rule what is broken if it is PENDING for good
   */
  async ready(rule: ReaderRuleId = "AW-READ-5"): Promise<Uint8Array> {
    for (let polls = 0; polls < MAX_POLLS; polls++) {
      const waker = new CountingWaker();
      const answer = this.poll(waker);
      if (answer !== PENDING) return answer;
      if (await this.isWoken(waker)) continue;
      const isReady = this.poll(new CountingWaker()) !== PENDING;
      const finding = isReady ? "the next poll is ready, and nothing woke" : "PENDING for good";
      const broken = isReady ? "AW-READ-5" : rule;
      throw new ConformanceError(broken, `${finding}, with ${this.unread} bytes unread`);
    }
    throw new ConformanceError("AW-READ-5", `PENDING ${MAX_POLLS} times, woken each time`);
  }

  /** Takes the next chunk, waiting for it. */
  async taken(): Promise<Uint8Array> {
    for (let polls = 0; polls < MAX_POLLS; polls++) {
      const waker = new CountingWaker();
      const chunk = this.take(waker);
      if (chunk !== PENDING) return chunk;
      const woken = await this.isWoken(waker);
      expectRule(woken, "AW-READ-9", "pollTake is PENDING for good, though a byte is there");
    }
    throw new ConformanceError("AW-READ-9", `PENDING ${MAX_POLLS} times, woken each time`);
  }

  /** What the next poll throws that is not PENDING; undefined if it is ready. */
  async failure(): Promise<{ error: unknown } | undefined> {
    try {
      await this.ready();
      return undefined;
    } catch (error) {
      if (error instanceof ConformanceError) throw error;
      return { error };
    }
  }

  isWoken(waker: CountingWaker): Promise<boolean> {
    return isWoken(waker, this.#deferred, this.#patience);
  }

  runDeferred(): boolean {
    return this.#deferred.runOne();
  }

  /** Lets everything run that is due without a poll. */
  async settle(): Promise<void> {
    for (let turns = 0; turns < 3; turns++) {
      while (this.#deferred.runOne()) await Promise.resolve();
      await turn();
    }
  }

  #checked(poll: () => Poll<Uint8Array>): Poll<Uint8Array> {
    const answer = poll();
    if (answer === PENDING) return answer;
    expectRule(answer instanceof Uint8Array, "AW-READ-1", `a poll answered ${String(answer)}`);
    const end = this.#ended && this.unread === 0;
    if (answer.length === 0) {
      const rule = this.#failed ? "AW-READ-6" : "AW-READ-4";
      expectRule(end, rule, `an empty view with ${this.unread} bytes unread, or no end`);
    } else {
      this.#compare(answer);
    }
    return answer;
  }

  /** Whether a view shows what comes next. */
  #compare(view: Uint8Array): void {
    if (view.length <= this.unread && startsWith(this.#from(this.read), view)) return;
    const isBack = this.#before < this.read && startsWith(this.#from(this.#before), view);
    const rule: ReaderRuleId = isBack ? "AW-READ-2" : "AW-READ-1";
    const finding = isBack ? "bytes that were consumed come again" : "bytes that do not come next";
    throw new ConformanceError(rule, `${view.length} bytes at ${this.read}: ${finding}`);
  }

  #from(offset: number): Uint8Array {
    return this.#given.subarray(offset, this.#length);
  }

  #note(view: Uint8Array): void {
    this.#view = view;
    // Enough of a long one: it would be memory that was used again.
    this.#copy = view.slice(0, 256);
  }
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  if (start.length > bytes.length) return false;
  for (let index = 0; index < start.length; index++) {
    if (bytes[index] !== start[index]) return false;
  }
  return true;
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
