import { costOf, COSTLY, spend } from "../task/coop.ts";
import { AsyncWriteError } from "../trait/error.ts";
import { schedule, type Runnable } from "../task/executor.ts";
import type { Operation } from "../trait/operation.ts";
import { abortedBy } from "./poll-fn.ts";
import type { Engine } from "../trait/engine.ts";
import { PENDING } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";

/** What every ready operation without a value returns: one promise for all of them. */
export const DONE: Promise<void> = Promise.resolve();

/** An operation that waits, with what settles its promise. */
class Entry {
  readonly operation: Operation<unknown>;
  readonly promise: Promise<unknown>;
  resolve!: (value: unknown) => void;
  reject!: (error: unknown) => void;
  /** Takes the listener off the signal. */
  detach: (() => void) | undefined;
  /** Whether it is in the queue: a poll can fire the entry's own signal, and leave twice. */
  waiting = true;
  previous: Entry | undefined;
  next: Entry | undefined;

  constructor(operation: Operation<unknown>) {
    this.operation = operation;
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

/**
 * The operations of one writer or reader, one at a time in call order. It is the waker of the one at the
 * head.
 *
 * An entry leaves the queue before its promise settles. So the queue is idle again when the
 * caller's code goes on, and its next operation is polled at once instead of queueing.
 */
export class OperationQueue implements Waker, Runnable {
  /** Whose failure is to wake the queue, whoever's waker is registered at that time; until it is told so. */
  #target: Pick<Engine, "onFailure"> | undefined;
  #head: Entry | undefined;
  #tail: Entry | undefined;
  #scheduled = false;
  /** How many operations wait, and one more while a first poll is on the stack. */
  #busy = 0;

  /** @param target what the operations poll, if its failure is to wake them */
  constructor(target: Pick<Engine, "onFailure"> | undefined) {
    this.#target = target;
  }

  get idle(): boolean {
    return this.#busy === 0;
  }

  /** Whether an operation that waits carries bytes. Flush, close and the like carry none. */
  get hasWrites(): boolean {
    for (let entry = this.#head; entry !== undefined; entry = entry.next) {
      if (entry.operation.bytesWritten !== undefined) return true;
    }
    return false;
  }

  /** Also while idle: the wake may come before `poll` returns, and so before the entry is in. */
  wake(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    schedule(this);
  }

  /**
   * A first poll begins. It may call foreign code (a destination, the function of an `inspect`), which
   * may call operations of this writer: they wait, so that no bytes are mixed.
   */
  beginPoll(): void {
    this.#busy++;
  }

  /** The first poll is over. */
  endPoll(): void {
    // What was called within it has not been polled yet, so nothing else would wake it.
    if (--this.#busy > 0) this.wake();
  }

  /** Polls the operation now if it is its turn, else after those before it. */
  perform<T>(operation: Operation<T>, signal: AbortSignal | undefined): Promise<T> {
    if (signal?.aborted) return Promise.reject(abortedBy(signal, operation.bytesWritten));
    return this.idle ? this.#poll(operation, signal) : this.enqueue(operation, signal);
  }

  /** Goes on with an operation that was begun: before those that were called within its first poll. */
  goOn<T>(operation: Operation<T>, signal: AbortSignal | undefined): Promise<T> {
    return this.idle ? this.#poll(operation, signal) : this.enqueueFirst(operation, signal);
  }

  #poll<T>(operation: Operation<T>, signal: AbortSignal | undefined): Promise<T> {
    let result;
    this.beginPoll();
    try {
      result = operation.poll(this);
    } catch (error) {
      return Promise.reject(failureOf(error, operation.bytesWritten));
    } finally {
      this.endPoll();
    }
    if (result === PENDING) return this.enqueueFirst(operation, signal);
    const turn = spend(priceOf(operation));
    if (turn !== undefined) return turn.then(() => result);
    return result === undefined ? (DONE as Promise<T>) : Promise.resolve(result);
  }

  /** Lets an operation wait for those before it. */
  enqueue<T>(operation: Operation<T>, signal: AbortSignal | undefined): Promise<T> {
    return this.#insert(operation, signal, false);
  }

  /** Lets an operation wait that was polled, with this queue as waker. */
  enqueueFirst<T>(operation: Operation<T>, signal: AbortSignal | undefined): Promise<T> {
    return this.#insert(operation, signal, true);
  }

  #insert<T>(
    operation: Operation<T>,
    signal: AbortSignal | undefined,
    atHead: boolean,
  ): Promise<T> {
    // Its own first poll can fire the signal, which tells only those who listen already.
    if (signal?.aborted) return Promise.reject(abortedBy(signal, operation.bytesWritten));
    const target = this.#target;
    if (target !== undefined) {
      this.#target = undefined;
      target.onFailure(() => this.wake());
    }
    const entry = new Entry(operation);
    if (signal !== undefined) this.#leaveOn(signal, entry);
    this.#busy++;
    if (atHead) this.#link(entry, undefined, this.#head);
    else this.#link(entry, this.#tail, undefined);
    return entry.promise as Promise<T>;
  }

  #leaveOn(signal: AbortSignal, entry: Entry): void {
    const onAbort = (): void => this.#abort(entry, signal);
    signal.addEventListener("abort", onAbort, { once: true });
    entry.detach = () => signal.removeEventListener("abort", onAbort);
  }

  #link(entry: Entry, previous: Entry | undefined, next: Entry | undefined): void {
    entry.previous = previous;
    entry.next = next;
    if (previous === undefined) this.#head = entry;
    else previous.next = entry;
    if (next === undefined) this.#tail = entry;
    else next.previous = entry;
  }

  run(): void {
    this.#scheduled = false;
    for (;;) {
      const entry = this.#head;
      if (entry === undefined) return;
      const { operation } = entry;
      try {
        const result = operation.poll(this);
        if (result === PENDING) return;
        this.#leave(entry);
        entry.resolve(result);
      } catch (error) {
        this.#leave(entry);
        entry.reject(failureOf(error, operation.bytesWritten));
      }
      const turn = spend(priceOf(operation));
      if (turn !== undefined) {
        this.#scheduled = true;
        void turn.then(() => this.run());
        return;
      }
    }
  }

  #abort(entry: Entry, signal: AbortSignal): void {
    this.#leave(entry);
    entry.reject(abortedBy(signal, entry.operation.bytesWritten));
    // The next one has not been polled yet, so nothing else would wake it.
    this.wake();
  }

  #leave(entry: Entry): void {
    if (!entry.waiting) return;
    entry.waiting = false;
    this.#busy--;
    entry.detach?.();
    const { previous, next } = entry;
    if (previous === undefined) this.#head = next;
    else previous.next = next;
    if (next === undefined) this.#tail = previous;
    else next.previous = previous;
  }
}

/** What an operation spends of the cooperative budget. */
function priceOf(operation: Operation<unknown>): number {
  const { bytesWritten, cost } = operation;
  if (cost !== undefined) return cost;
  return bytesWritten === undefined ? COSTLY : costOf(bytesWritten);
}

/** What the promise of an operation rejects with. */
export function failureOf(error: unknown, bytesWritten: number | undefined): AsyncWriteError {
  const failure = AsyncWriteError.from(error);
  return bytesWritten === undefined ? failure : failure.withBytesWritten(bytesWritten);
}
