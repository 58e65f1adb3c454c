import { bytesOf } from "../source/byte-source.ts";
import type { ChunkReader } from "../source/chunk-reader.ts";
import { mustYield, spend } from "../task/coop.ts";
import type { AsyncBufRead } from "../trait/async-buf-read.ts";
import { checkConsumed } from "../trait/consumed.ts";
import type { Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import { Arrivals } from "./arrivals.ts";
import { Latch } from "./latch.ts";

/**
 * An `AsyncBufRead` over a source that is asked for each chunk: a `ReadableStream`, an iterable, a stream
 * of Node. Asks for one only when a poll finds none, so it holds one chunk. One that is not async is asked within
 * the poll.
 *
 * It has no `pollTake`: the chunks of an iterable may be memory that the iterable uses again, and the
 * branches of a stream that was teed share theirs.
 */
export class PullEngine implements AsyncBufRead {
  readonly #source: ChunkReader;
  readonly #label: string;
  readonly #latch: Latch;
  readonly #arrivals: Arrivals;
  /** Whether the source has been asked and has not answered. */
  #asked = false;

  /** @param label what the reader is called in messages */
  constructor(source: ChunkReader, label: string) {
    this.#source = source;
    this.#label = label;
    this.#latch = new Latch(this, (failure) => this.#release(failure));
    this.#arrivals = new Arrivals(this.#latch);
  }

  pollFillBuf(waker: Waker): Poll<Uint8Array> {
    if (this.#source.nextNow !== undefined) return this.#pullNow(waker);
    const answer = this.#arrivals.poll(waker);
    if (this.#wants && !this.#asked) this.#ask();
    return answer;
  }

  consume(amount: number): void {
    checkConsumed(amount, this.#arrivals.chunks.head.length, this);
    this.#arrivals.chunks.consume(amount);
  }

  abort(reason?: unknown): void {
    this.#latch.abort(reason);
  }

  toString(): string {
    return this.#label;
  }

  get #wants(): boolean {
    return this.#arrivals.chunks.isEmpty && this.#arrivals.isOpen;
  }

  #pullNow(waker: Waker): Poll<Uint8Array> {
    while (this.#wants) {
      this.#pullOne();
      // A source that has only chunks without a byte must not keep timers waiting.
      if (this.#wants && mustYield(1, waker)) break;
    }
    return this.#arrivals.poll(waker);
  }

  #pullOne(): void {
    try {
      const chunk = this.#source.nextNow?.();
      if (chunk === undefined) this.#arrivals.finish("end");
      else this.#arrivals.add(bytesOf(chunk));
    } catch (error) {
      this.#arrivals.finish({ error });
    }
  }

  #ask(): void {
    this.#asked = true;
    this.#source.next().then(
      (chunk) => this.#answered(chunk),
      (error: unknown) => this.#arrivals.finish({ error }),
    );
  }

  #answered(chunk: unknown): void {
    this.#asked = false;
    if (chunk === undefined) {
      this.#arrivals.finish("end");
      return;
    }
    try {
      this.#arrivals.add(bytesOf(chunk));
    } catch (error) {
      this.#arrivals.finish({ error });
      return;
    }
    if (this.#wants) this.#askAgain();
  }

  /** A chunk without a byte says nothing. A source that has only such must not keep timers waiting. */
  #askAgain(): void {
    const turn = spend(1);
    if (turn === undefined) this.#ask();
    else void turn.then(() => this.#ask());
  }

  #release(reason: unknown): void {
    this.#arrivals.chunks.drop();
    this.#source.cancel(reason);
  }
}
