import type { Transform } from "node:stream";
import { flushInOneTrip } from "./flush-in-one-trip.ts";
import type { Coder, CoderDone, CoderFailure, Push } from "../coder.ts";
import { failureOf } from "./zlib-failure.ts";

/** What all streams of `node:zlib` have, besides being a Transform. */
export interface ZlibStream extends Transform {
  flush(kind: number, callback: () => void): void;
  readonly bytesWritten: number;
}

/** A stream of `node:zlib` as a coder. A block goes to the thread pool in one piece. */
export class StreamCoder implements Coder {
  readonly #stream: ZlibStream;
  readonly #flushKind: number;
  /** What to call when the call in work is done, or the stream fails. */
  #done: CoderDone | undefined;
  /** What the stream failed with: on Deno that comes after the callback of its call. */
  #failure: CoderFailure | undefined;
  /** How many bytes the stream had used when the call began. */
  #before = 0;

  constructor(stream: ZlibStream, push: Push, flushKind = 0) {
    this.#stream = stream;
    this.#flushKind = flushKind;
    stream.on("data", (chunk: Uint8Array) => {
      if (!push(chunk)) stream.pause();
    });
    stream.on("error", (error) => {
      this.#failure = failureOf(error);
      this.#complete(this.#failure);
    });
  }

  write(block: Uint8Array, done: CoderDone): void {
    if (!this.#begin(done)) return;
    this.#stream.write(block, (error) => {
      // "error" comes next.
      if (error === null || error === undefined) this.#settle();
    });
  }

  flush(block: Uint8Array, done: CoderDone): void {
    if (!this.#begin(done)) return;
    const stream = this.#stream;
    const settle = (): void => this.#settle();
    if (block.length > 0) {
      if (flushInOneTrip(stream, block, this.#flushKind, settle)) return;
      stream.write(block);
    }
    stream.flush(this.#flushKind, settle);
  }

  finish(done: CoderDone): void {
    if (!this.#begin(done)) return;
    // A decoder that was given more than its stream has come to its end already.
    if (this.#stream.readableEnded) return this.#complete(undefined);
    this.#stream.once("end", () => this.#complete(undefined));
    this.#stream.end();
  }

  resume(): void {
    this.#stream.resume();
  }

  destroy(): void {
    this.#done = undefined;
    this.#stream.destroy();
  }

  /** Returns false if the stream has failed; the call is settled then. */
  #begin(done: CoderDone): boolean {
    this.#done = done;
    this.#before = this.#stream.bytesWritten;
    if (this.#failure === undefined) return true;
    this.#complete(this.#failure);
    return false;
  }

  #complete(failure: CoderFailure | undefined): void {
    const done = this.#done;
    this.#done = undefined;
    done?.(failure, this.#stream.bytesWritten - this.#before);
  }

  /**
   * Completes the call once the output that the stream has ready was pushed: its callbacks come while output
   * may still wait in its read buffer. A stream that failed emits "error".
   */
  #settle(): void {
    if (this.#stream.destroyed) return;
    if (this.#stream.readableLength === 0) this.#complete(undefined);
    else this.#stream.once("data", () => this.#settle());
  }
}
