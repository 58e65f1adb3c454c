import {
  Z_BUF_ERROR,
  Z_FINISH,
  Z_NEED_DICT,
  Z_NO_FLUSH,
  Z_OK,
  Z_STREAM_END,
  Z_SYNC_FLUSH,
  ZStream,
} from "pako";
import type { Coder, CoderDone, CoderFailure, Push } from "../coder.ts";

/** One call of zlib: goes on with the stream, and returns its status. */
type Step = (stream: ZStream, flush: FlushMode) => number;

export type FlushMode = typeof Z_NO_FLUSH | typeof Z_SYNC_FLUSH | typeof Z_FINISH;

/** How zlib is begun and used for one direction. */
export interface Direction {
  begin(stream: ZStream): void;
  readonly step: Step;
  /** Called when zlib asks for the dictionary; returns whether there was one. */
  giveDictionary?(stream: ZStream): boolean;
  readonly outputChunk: number;
}

const NOTHING = new Uint8Array(0);

/**
 * pako's zlib as a coder. It works at once, on the thread that calls. With much output waiting it
 * stops, until `resume`.
 */
export class PakoCoder implements Coder {
  readonly #direction: Direction;
  readonly #push: Push;
  readonly #stream: ZStream = new ZStream();
  #flush: FlushMode = Z_NO_FLUSH;
  #done: CoderDone | undefined;
  #given = 0;
  #running = false;
  #destroyed = false;

  constructor(direction: Direction, push: Push) {
    this.#direction = direction;
    this.#push = push;
    direction.begin(this.#stream);
  }

  write(block: Uint8Array, done: CoderDone): void {
    this.#begin(block, Z_NO_FLUSH, done);
  }

  flush(block: Uint8Array, done: CoderDone): void {
    this.#begin(block, Z_SYNC_FLUSH, done);
  }

  finish(done: CoderDone): void {
    this.#begin(NOTHING, Z_FINISH, done);
  }

  resume(): void {
    if (this.#done !== undefined && !this.#running) this.#run();
  }

  destroy(): void {
    this.#destroyed = true;
    this.#done = undefined;
    this.#stream.input = this.#stream.output = NOTHING;
    this.#stream.state = null;
  }

  #begin(block: Uint8Array, flush: FlushMode, done: CoderDone): void {
    this.#stream.input = block;
    this.#stream.next_in = 0;
    this.#stream.avail_in = this.#given = block.length;
    this.#flush = flush;
    this.#done = done;
    this.#run();
  }

  #run(): void {
    this.#running = true;
    const stream = this.#stream;
    const { outputChunk, step } = this.#direction;
    while (this.#done !== undefined) {
      stream.output = new Uint8Array(outputChunk);
      stream.next_out = 0;
      stream.avail_out = outputChunk;
      let status = step(stream, this.#flush);
      if (status === Z_NEED_DICT && this.#direction.giveDictionary?.(stream) === true) {
        status = step(stream, this.#flush);
      }
      const isFull = stream.avail_out === 0;
      const isMore =
        stream.next_out === 0 || this.#push(stream.output.subarray(0, stream.next_out));
      // Taking the output may have been the end of the writer.
      if (this.#destroyed) break;
      const failure = failureOf(status, stream.msg, this.#flush);
      if (failure !== undefined || status === Z_STREAM_END || !isFull) this.#answer(failure);
      else if (!isMore) break;
    }
    this.#running = false;
  }

  #answer(failure: CoderFailure | undefined): void {
    const done = this.#done;
    this.#done = undefined;
    done?.(failure, this.#given - this.#stream.avail_in);
  }
}

function failureOf(status: number, message: string, flush: FlushMode): CoderFailure | undefined {
  if (status === Z_OK || status === Z_STREAM_END) return undefined;
  // Nothing to do is an error only where the end was asked for.
  if (status === Z_BUF_ERROR) {
    return flush === Z_FINISH ? { kind: "truncated", message: "its end" } : undefined;
  }
  if (status === Z_NEED_DICT) return { kind: "corrupt", message: "missing dictionary" };
  return { kind: "corrupt", message: message || `zlib says ${status}` };
}
