import type { Transform } from "node:stream";
import { TransformWriter, type AsyncWrite, type Done } from "@aw/core";

/** What all streams of `node:zlib` have, besides being a Transform. */
export interface ZlibStream extends Transform {
  flush(kind: number, callback: () => void): void;
  readonly bytesWritten: number;
}

/**
 * A stream of `node:zlib` as a layer. A block goes to the thread pool in one piece, and is ours
 * again when the stream answers for it.
 *
 * For implementors: say what a failure means, and what to do at flush and at the end.
 */
export abstract class ZlibTransform extends TransformWriter {
  protected readonly stream: ZlibStream;
  /** The answer to the step that is under way; a failure of the stream answers it too. */
  #done: Done | undefined;

  constructor(inner: AsyncWrite, stream: ZlibStream, blockSize: number) {
    super(inner, { blockSize });
    this.stream = stream;
    stream.on("data", (chunk: Uint8Array) => {
      if (!this.push(chunk)) stream.pause();
    });
    stream.on("error", (error) => this.onStreamError(error));
  }

  /** The stream failed: bad input, or out of memory. */
  protected abstract onStreamError(error: Error): void;

  protected override transform(block: Uint8Array, done: Done): void {
    this.begin(done);
    this.stream.write(block, () => this.settle());
  }

  protected override resumeTransform(): void {
    this.stream.resume();
  }

  protected override releaseTransform(): void {
    this.stream.destroy();
  }

  protected begin(done: Done): void {
    this.#done = done;
  }

  /** Answers the step under way, once. */
  protected answer(error?: unknown): void {
    const done = this.#done;
    this.#done = undefined;
    done?.(error);
  }

  /**
   * Answers the step once the output that the stream has ready was pushed: its callbacks come
   * while output may still wait in its read buffer.
   */
  protected settle(): void {
    if (this.stream.readableLength === 0 || this.stream.destroyed) this.answer();
    else this.stream.once("data", () => this.settle());
  }
}
