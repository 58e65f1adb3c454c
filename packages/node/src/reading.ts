import type { Readable } from "node:stream";
import type { ReadableStreamDefaultController, UnderlyingSource } from "node:stream/web";
import { AsyncWriteError } from "@aw/core";

/** What the owner of a Readable knows of it that it does not say itself. */
export interface ReadingHooks {
  /**
   * Asked when the source has ended: calls `done`, with an error if that is not the end of what the
   * peer had to say.
   */
  checkEnd?(done: (error?: unknown) => void): void;
  /** Asked when the source was closed before its end: why, if that is known here. */
  closeError?(): AsyncWriteError | undefined;
  /** Makes a better error of the source's. */
  translate?(error: unknown): unknown;
  /** Called when the reader has cancelled. */
  onCancel?(): void;
  /** What messages call the source. */
  toString(): string;
}

/** How many bytes are discarded after a reader has cancelled, before the peer is held back. */
const MAX_DISCARDED = 1024 * 1024;

/** How a Readable is read. It flows as long as each chunk has a reader: to pause it for each costs more. */
export class Reading implements UnderlyingSource<Uint8Array> {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #source: Readable;
  readonly #hooks: ReadingHooks;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Whether a read waits for a chunk. */
  #wanted = false;
  /** The chunk that came while no read waited. */
  #ahead: Uint8Array | undefined;
  /** What there is to say once nothing is ahead. */
  #ending: (() => void) | undefined;
  #ended = false;
  #cancelled = false;
  #discarded = 0;

  constructor(source: Readable, hooks: ReadingHooks) {
    this.#source = source;
    this.#hooks = hooks;
    this.stream = new ReadableStream<Uint8Array>(this, { highWaterMark: 0 });
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
    const source = this.#source.pause();
    source.on("data", this.#onData).on("end", this.#onEnd);
    source.on("error", this.#onError).on("close", this.#onClose);
    const failure = this.#hooks.closeError?.();
    if (source.readableEnded) this.#onEnd();
    else if (failure !== undefined) this.fail(failure);
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
    this.#ended = this.#cancelled = true;
    this.#ahead = undefined;
    this.#source.resume();
    this.#hooks.onCancel?.();
  }

  get isCancelled(): boolean {
    return this.#cancelled;
  }

  /** Leaves the source alone from now on, and ends the stream with `error` if the source has more. */
  handBack(error: AsyncWriteError): void {
    const source = this.#source.pause();
    const ahead = this.#ahead;
    this.release();
    if (this.#ended && !this.#cancelled) return;
    if (ahead !== undefined) source.unshift(ahead);
    this.#ahead = undefined;
    this.fail(error);
  }

  /** Removes every listener from the source. */
  release(): void {
    const source = this.#source;
    source.off("data", this.#onData).off("end", this.#onEnd);
    source.off("error", this.#onError).off("close", this.#onClose);
  }

  /** Ends the stream with this error, after the chunks that came before it. */
  fail(cause: unknown): void {
    const hooks = this.#hooks;
    const error = AsyncWriteError.from(hooks.translate?.(cause) ?? cause, hooks.toString());
    this.#end(() => this.#controller?.error(error));
  }

  readonly #onData = (chunk: Uint8Array): void => {
    if (this.#cancelled) {
      this.#discarded += chunk.length;
      if (this.#discarded >= MAX_DISCARDED) this.#source.pause();
    }
    if (this.#ended) return;
    if (this.#wanted) {
      this.#wanted = false;
      this.#controller?.enqueue(chunk);
    } else {
      this.#ahead = chunk;
      this.#source.pause();
    }
  };

  readonly #onError = (error: unknown): void => this.fail(this.#hooks.closeError?.() ?? error);

  readonly #onEnd = (): void => {
    const settle = (error?: unknown): void => {
      if (error === undefined || error === null) this.#end(() => this.#controller?.close());
      else this.fail(error);
    };
    const hooks = this.#hooks;
    if (hooks.checkEnd === undefined) settle();
    else hooks.checkEnd(settle);
  };

  readonly #onClose = (): void => {
    // Whether the end was one is being asked.
    if (this.#source.readableEnded) return;
    const message = `${this.#hooks.toString()}: closed before the peer ended its stream`;
    this.fail(
      this.#hooks.closeError?.() ??
        this.#source.errored ??
        new AsyncWriteError("ERR_AW_CONNECTION_RESET", message),
    );
  };

  #end(how: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#ahead === undefined) how();
    else this.#ending = how;
  }
}
