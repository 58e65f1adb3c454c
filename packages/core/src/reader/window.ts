import { NO_BYTES } from "../engine/chunk-queue.ts";
import { ownCopy } from "../slab/own-copy.ts";
import { allocate } from "../task/platform.ts";
import { costOf, mustYield } from "../task/coop.ts";
import type { AsyncBufRead } from "../trait/async-buf-read.ts";
import { checkConsumed, checkFilled } from "../trait/consumed.ts";
import { describe } from "../trait/describe.ts";
import { AsyncWriteError } from "../trait/error.ts";
import type { Operation } from "../trait/operation.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";

/** From this size on, in bytes, a chunk is asked for as memory of one's own: below it a copy is cheap. */
const OWNED_FROM = 4096;

/** The size of the first memory for bytes that are read ahead, in bytes. */
const SMALLEST = 4096;

/**
 * What a `Reader` looks at its engine through. An operation that needs more bytes than the engine shows
 * at once gathers them here, and consumes them only when it has all it needs. So one that is stopped
 * halfway has used nothing, and what was read too far can be given back.
 *
 * It is the operation of `read` itself, which has no state but this.
 */
export class Window implements AsyncBufRead, Operation<Uint8Array | undefined> {
  /** Of the chunk that was read last. */
  cost = 1;
  readonly #engine: AsyncBufRead;
  /** Bytes that come before what the engine shows. */
  #store: Uint8Array = NO_BYTES;
  #start = 0;
  #end = 0;
  /** How many bytes the engine showed at its latest poll. */
  #shown = 0;
  #aborted: AsyncWriteError | undefined;
  #givenBack = 0;

  constructor(engine: AsyncBufRead) {
    this.#engine = engine;
  }

  /** `read` writes none. */
  get bytesWritten(): undefined {
    return undefined;
  }

  /** `read`: the next chunk, or undefined at the end. */
  poll(waker: Waker): Poll<Uint8Array | undefined> {
    const chunk = this.pollTake(waker);
    if (chunk === PENDING) return PENDING;
    this.cost = costOf(chunk.length);
    return chunk.length === 0 ? undefined : chunk;
  }

  /** How often bytes were given back: what comes next may be others than before. */
  get givenBack(): number {
    return this.#givenBack;
  }

  pollFillBuf(waker: Waker): Poll<Uint8Array> {
    if (this.#end > this.#start) return this.#store.subarray(this.#start, this.#end);
    if (this.#aborted !== undefined) throw this.#aborted;
    return this.#fill(waker);
  }

  consume(amount: number): void {
    const held = this.#end - this.#start;
    if (held === 0) {
      this.#engine.consume(amount);
      this.#shown -= amount;
      return;
    }
    checkConsumed(amount, held, this);
    this.#start += amount;
    if (this.#start === this.#end) this.#forget();
  }

  pollTake(waker: Waker): Poll<Uint8Array> {
    if (this.#end > this.#start) return this.#takeHeld(0);
    if (this.#aborted !== undefined) throw this.#aborted;
    const engine = this.#engine;
    if (engine.pollTake !== undefined) {
      this.#shown = 0;
      return checkFilled(engine.pollTake(waker), engine);
    }
    const view = this.#fill(waker);
    return view === PENDING || view.length === 0 ? view : this.take(view, view.length);
  }

  /**
   * Like `pollFillBuf`. A large chunk that the engine gives away is held as it is, so that taking all of
   * it needs no copy.
   */
  pollOwn(waker: Waker): Poll<Uint8Array> {
    const view = this.pollFillBuf(waker);
    const engine = this.#engine;
    if (view === PENDING || view.length < OWNED_FROM) return view;
    if (this.#end > this.#start || engine.pollTake === undefined) return view;
    const chunk = checkFilled(engine.pollTake(waker), engine);
    this.#shown = 0;
    if (chunk !== PENDING) this.#adopt(chunk);
    return chunk;
  }

  /**
   * Uses the first `end` bytes of `view`, which is what the latest poll showed. Returns those from `start`
   * on as memory of the caller's own.
   */
  take(view: Uint8Array, end: number, start: number = 0): Uint8Array {
    if (end === this.#end - this.#start) return this.#takeHeld(start);
    const bytes = ownCopy(view.subarray(start, end));
    this.consume(end);
    return bytes;
  }

  /**
   * Gets more bytes behind those that are there, so that the next poll shows them together. Returns
   * false at the end.
   *
   * @param max how many bytes are wanted in all; there are fewer now
   * @param upTo takes no more than up to the first byte of this value
   */
  pollMore(waker: Waker, max: number, upTo?: number): Poll<boolean> {
    if (this.#end === this.#start && this.#shown > 0) this.#hold(this.#fill(waker), max, undefined);
    const view = this.#fill(waker);
    if (view === PENDING || view.length === 0) return view === PENDING ? view : false;
    const taken = this.#hold(view, max, upTo);
    // Small pieces of a reader that is always ready make a loop, too (AW-FAIR-1).
    return mustYield(costOf(taken), waker) ? PENDING : true;
  }

  /** Puts `bytes` before those that come next. */
  unread(bytes: Uint8Array): void {
    if (this.#aborted !== undefined) throw this.#aborted;
    const held = this.#store.subarray(this.#start, this.#end);
    const store = new Uint8Array(bytes.length + held.length);
    store.set(bytes);
    store.set(held, bytes.length);
    this.#adopt(store);
    this.#givenBack++;
  }

  abort(reason?: unknown): void {
    // A reader that was read to its end, but for what it was given back, has not been read to its end.
    if (this.#end > this.#start) {
      const message = `${describe(this)}: aborted`;
      this.#aborted = new AsyncWriteError("ERR_AW_ABORTED", message, { cause: reason });
    }
    this.#forget();
    this.#engine.abort?.(reason);
  }

  toString(): string {
    return describe(this.#engine);
  }

  #fill(waker: Waker): Poll<Uint8Array> {
    const answer = checkFilled(this.#engine.pollFillBuf(waker), this.#engine);
    this.#shown = answer === PENDING ? 0 : answer.length;
    return answer;
  }

  /** Moves what the engine shows behind what is held. Returns how much that was. */
  #hold(view: Poll<Uint8Array>, max: number, upTo: number | undefined): number {
    if (view === PENDING) return 0;
    const last = upTo === undefined ? -1 : view.indexOf(upTo);
    const wanted = Math.min(last === -1 ? view.length : last + 1, max - (this.#end - this.#start));
    this.#reserve(wanted, max);
    this.#store.set(wanted === view.length ? view : view.subarray(0, wanted), this.#end);
    this.#end += wanted;
    this.#engine.consume(wanted);
    this.#shown -= wanted;
    return wanted;
  }

  /** Makes room: memory grows with what has come, not with what somebody says will come. */
  #reserve(more: number, max: number): void {
    const held = this.#end - this.#start;
    if (this.#end + more <= this.#store.length) return;
    const size = Math.min(max, Math.max(2 * this.#store.length, held + more, SMALLEST));
    const store = held + more <= this.#store.length ? this.#store : allocate(size);
    if (store === this.#store) store.copyWithin(0, this.#start, this.#end);
    else store.set(this.#store.subarray(this.#start, this.#end));
    this.#store = store;
    this.#start = 0;
    this.#end = held;
  }

  /** Holds `bytes`, which are nobody else's, and nothing else. */
  #adopt(bytes: Uint8Array): void {
    // A Buffer gives out Buffers, which are not what is promised.
    const isPlain = bytes.constructor === Uint8Array;
    this.#store = isPlain ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#start = 0;
    this.#end = bytes.length;
  }

  /** Gives away all that is held from `start` on, with its memory if little of that is unused. */
  #takeHeld(start: number): Uint8Array {
    const held = this.#store.subarray(this.#start + start, this.#end);
    const bytes = 2 * held.length >= this.#store.length ? held : ownCopy(held);
    this.#forget();
    return bytes;
  }

  #forget(): void {
    this.#store = NO_BYTES;
    this.#start = this.#end = 0;
  }
}
