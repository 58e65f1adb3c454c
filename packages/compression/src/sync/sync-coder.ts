import { COSTLY, spend } from "@aw/core/implementor";
import type { Coder, CoderDone, CoderFailure, Push } from "../coder.ts";

/** What follows the input of a call: more of it, a flush, or the end. */
export type Then = "more" | "flush" | "end";

/** What one call of a codec did. */
export interface Step {
  /** How many bytes of the input were used. */
  readonly used: number;
  /** How many bytes were put into the output; all of it means that there may be more. */
  readonly made: number;
  /** Whether the stream came to its end. */
  readonly ended: boolean;
  readonly failure?: CoderFailure | undefined;
}

/** A codec that works on the calling thread. */
export interface SyncCodec {
  /** Goes on until the input is used, the output is full, or the stream ends. */
  step(input: Uint8Array, then: Then, output: Uint8Array<ArrayBuffer>): Step;
  /** Begins another stream. */
  restart(): void;
  destroy(): void;
}

/** What is allocated for output at a time, in bytes, and when it is not worth going on with it. */
const OUTPUT_CHUNK = 32 * 1024;
const MIN_ROOM = 1024;

/**
 * How much input one call gets, in bytes, and how long it should take, in milliseconds: what it costs
 * depends on the data, by a factor of hundreds.
 */
const MAX_INPUT = 64 * 1024;
const FIRST_INPUT = 8 * 1024;
const MIN_INPUT = 256;
const MAX_STEP_MS = 1;

const NOTHING = new Uint8Array(0);

/**
 * A synchronous codec as a coder. It works at once, on the thread that calls, until the turn of the
 * event loop has had its share; then it goes on in the next turn (AW-FAIR-1). With much output waiting
 * it stops, until `resume`.
 */
export class SyncCoder implements Coder {
  readonly #codec: SyncCodec;
  readonly #push: Push;
  #input: Uint8Array = NOTHING;
  #given = 0;
  #then: Then = "more";
  #done: CoderDone | undefined;
  #inputSize = FIRST_INPUT;
  /** Room for output. What was pushed of the same memory lies before it. */
  #room: Uint8Array<ArrayBuffer> = NOTHING;
  #waitsFor: "nothing" | "room" | "turn" = "nothing";

  constructor(codec: SyncCodec, push: Push) {
    this.#codec = codec;
    this.#push = push;
  }

  write(block: Uint8Array, done: CoderDone): void {
    this.#begin(block, "more", done);
  }

  flush(block: Uint8Array, done: CoderDone): void {
    this.#begin(block, "flush", done);
  }

  finish(done: CoderDone): void {
    this.#begin(NOTHING, "end", done);
  }

  resume(): void {
    if (this.#waitsFor !== "room") return;
    this.#waitsFor = "nothing";
    this.#run();
  }

  restart(): void {
    this.#codec.restart();
  }

  destroy(): void {
    this.#done = undefined;
    this.#input = this.#room = NOTHING;
    this.#codec.destroy();
  }

  #begin(block: Uint8Array, then: Then, done: CoderDone): void {
    this.#input = block;
    this.#given = block.length;
    this.#then = then;
    this.#done = done;
    this.#run();
  }

  #run(): void {
    while (this.#done !== undefined) {
      const { ended, failure, isFull, hasRoom } = this.#step();
      // Taking the output may have been the end of the writer: then nobody is answered any more.
      const isOver = ended || (this.#input.length === 0 && !isFull);
      // Whoever is answered may begin the next call at once, which has run then as far as it may.
      if (failure !== undefined || isOver) return this.#complete(failure);
      if (!hasRoom) {
        this.#waitsFor = "room";
        return;
      }
      const turn = spend(COSTLY);
      if (turn !== undefined) {
        this.#waitsFor = "turn";
        void turn.then(() => this.#afterTurn());
        return;
      }
    }
  }

  #afterTurn(): void {
    this.#waitsFor = "nothing";
    this.#run();
  }

  /** One call of the codec, and what comes of it. */
  #step(): {
    ended: boolean;
    isFull: boolean;
    hasRoom: boolean;
    failure: CoderFailure | undefined;
  } {
    const { used, made, ended, failure } = this.#call();
    this.#input = this.#input.subarray(used);
    const output = this.#room.subarray(0, made);
    const isFull = made === this.#room.length;
    this.#room = this.#room.subarray(made);
    return { ended, failure, isFull, hasRoom: made === 0 || this.#push(output) };
  }

  /**
   * Calls the codec with so much input that it should take about a millisecond. What is thrown is a failure:
   * in a later turn nobody else would catch it, and the call would never be answered.
   */
  #call(): Step {
    try {
      if (this.#room.length < MIN_ROOM) this.#room = new Uint8Array(OUTPUT_CHUNK);
      const isWhole = this.#input.length <= this.#inputSize;
      const piece = isWhole ? this.#input : this.#input.subarray(0, this.#inputSize);
      const start = performance.now();
      const step = this.#codec.step(piece, isWhole ? this.#then : "more", this.#room);
      this.#adapt(performance.now() - start);
      return step;
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      return { used: 0, made: 0, ended: false, failure: { kind: "failed", message, cause } };
    }
  }

  #adapt(ms: number): void {
    if (ms > MAX_STEP_MS) this.#inputSize = Math.max(this.#inputSize >> 1, MIN_INPUT);
    else if (ms < MAX_STEP_MS / 4) this.#inputSize = Math.min(this.#inputSize * 2, MAX_INPUT);
  }

  #complete(failure: CoderFailure | undefined): void {
    const done = this.#done;
    const used = this.#given - this.#input.length;
    this.#done = undefined;
    this.#input = NOTHING;
    done?.(failure, used);
  }
}
