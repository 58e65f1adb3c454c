import type { Readable } from "node:stream";
import type { ReadableStreamDefaultController, UnderlyingSource } from "node:stream/web";
import { AsyncWriteError } from "@aw/core";

export interface ReadableStreamOfOptions {
  /** Asked when the source has ended: an error if that is not the end of what the peer had to say. */
  endError?: (() => AsyncWriteError | undefined) | undefined;
  /** Asked when the source was closed before its end: why, if that is known here. */
  closeError?: (() => AsyncWriteError | undefined) | undefined;
  /** Makes a better error of the source's. */
  translate?: ((error: unknown) => unknown) | undefined;
}

/**
 * A ReadableStream of what a Node Readable brings. It takes nothing before somebody reads, and then
 * at most one chunk ahead: a reader that stops makes the peer stop, once the Readable's own buffer is
 * full. Errors come as AsyncWriteError, after the chunks before them.
 *
 * Cancelling discards what still comes, so that the end of the stream is noticed.
 */
export function readableStreamOf(
  source: Readable,
  describe: () => string,
  options: ReadableStreamOfOptions = {},
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(new Reading(source, describe, options), {
    highWaterMark: 0,
  });
}

/** How a Readable is read. It flows as long as each chunk has a reader: to pause it for each costs more. */
class Reading implements UnderlyingSource<Uint8Array> {
  readonly #source: Readable;
  readonly #describe: () => string;
  readonly #options: ReadableStreamOfOptions;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Whether somebody waits for a chunk. */
  #wanted = false;
  /** The chunk that came when nobody waited. */
  #ahead: Uint8Array | undefined;
  /** What there is to say once nothing is ahead. */
  #ending: (() => void) | undefined;
  #ended = false;

  constructor(source: Readable, describe: () => string, options: ReadableStreamOfOptions) {
    this.#source = source;
    this.#describe = describe;
    this.#options = options;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
    const source = this.#source.pause();
    source.on("data", (chunk: Uint8Array) => this.#onData(chunk));
    source.on("end", () => this.#onEnd());
    source.on("error", (error) => this.#fail(error));
    source.on("close", () => this.#onClose());
    if (source.readableEnded) this.#onEnd();
    else if (source.destroyed) this.#onClose();
  }

  pull(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const chunk = this.#ahead;
    if (chunk !== undefined) {
      this.#ahead = undefined;
      controller.enqueue(chunk);
      this.#ending?.();
      return;
    }
    this.#wanted = true;
    if (this.#source.isPaused()) this.#source.resume();
  }

  cancel(): void {
    this.#ended = true;
    this.#ahead = undefined;
    this.#source.resume();
  }

  #onData(chunk: Uint8Array): void {
    if (this.#ended) return;
    if (this.#wanted) {
      this.#wanted = false;
      this.#controller?.enqueue(chunk);
    } else {
      this.#ahead = chunk;
      this.#source.pause();
    }
  }

  #onEnd(): void {
    const error = this.#options.endError?.();
    this.#end(() => {
      if (error === undefined) this.#controller?.close();
      else this.#controller?.error(error);
    });
  }

  #onClose(): void {
    const { errored } = this.#source;
    const message = `${this.#describe()}: closed before the peer ended its stream`;
    this.#fail(
      errored ??
        this.#options.closeError?.() ??
        new AsyncWriteError("ERR_AW_CONNECTION_RESET", message),
    );
  }

  #fail(cause: unknown): void {
    const { translate } = this.#options;
    const error = AsyncWriteError.from(translate ? translate(cause) : cause, this.#describe());
    this.#end(() => this.#controller?.error(error));
  }

  #end(how: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#ahead === undefined) how();
    else this.#ending = how;
  }
}
