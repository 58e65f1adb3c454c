import { OutgoingMessage } from "node:http";
import { finished, Writable } from "node:stream";
import { AsyncWriteError, CompletionWriter, type Done } from "@aw/core";
import { describeValue, invalidArgument } from "@aw/core/implementor";

/**
 * A writer into a Node Writable: a file stream, an HTTP request or response, `process.stdout`, a zlib stream;
 * also into what only looks like one (streamx, middleware that wraps a response, streams older than Node's).
 *
 * Chunks go one at a time, each when the stream has called back for the one before, so at most
 * 64 KiB wait here and one chunk there, whatever its `highWaterMark`. Where nothing says that a stream calls
 * back, its backpressure counts instead: what `write` returns, and `drain`. Flush resolves when every chunk was
 * taken so; what that means is the stream's own affair. Close ends it and waits until it has finished; abort
 * destroys it. The stream's errors are this writer's.
 *
 * A stream that was destroyed before, as a response is whose client has left, makes a writer that has
 * failed with `ERR_AW_BROKEN_PIPE`, or with the stream's error.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if the stream has ended, or is not one that can be
 * written to: it needs `write`, `end` and `on`
 */
export function fromNodeWritable(stream: Writable): NodeStreamWriter {
  for (const method of ["write", "end", "on"] as const) {
    if (typeof (stream as Writable | null | undefined)?.[method] === "function") continue;
    const got = describeValue(stream);
    throw invalidArgument(`fromNodeWritable: expected a Writable, ${got} has no ${method}()`);
  }
  const { writable = true, writableEnded } = stream as Partial<Writable>;
  if (!isGone(stream) && (!writable || writableEnded === true)) {
    throw invalidArgument("fromNodeWritable: the stream can't be written to, it has ended");
  }
  return new NodeStreamWriter(stream);
}

/** Whether nobody takes what is written any more, through no fault of whoever writes. */
function isGone({ destroyed = false, closed = false, errored = null }: Partial<Writable>): boolean {
  return destroyed || closed || errored !== null;
}

export class NodeStreamWriter extends CompletionWriter {
  readonly #stream: Writable;
  /** The answer to a chunk that waits for `drain`. */
  #undrained: Done | undefined;
  #ending = false;
  #keepsOpen = false;

  readonly #onError = (error: Error): void => void this.fail(error);

  readonly #onDrain = (): void => {
    const done = this.#undrained;
    this.#undrained = undefined;
    done?.();
  };

  readonly #onClose = (): void => {
    // While it ends, `finished` knows whether it closed too early.
    if (!this.#ending) this.fail(this.#closed());
  };

  constructor(stream: Writable) {
    super({ capacity: 64 * 1024 });
    this.#stream = stream;
    // By `on`: middleware wraps that one, to have `drain` come from the stream that it puts between.
    stream.on("error", this.#onError);
    stream.on("close", this.#onClose);
    stream.on("drain", this.#onDrain);
    if (isGone(stream)) this.fail(this.#closed());
  }

  /**
   * Flushes, and hands the stream back: it stays open, and no listener of this writer is left on it. The
   * writer is closed then. Rejects as `close` does.
   */
  async release(): Promise<void> {
    await this.flush();
    this.#keepsOpen = true;
    await this.close();
  }

  override toString(): string {
    return this.#stream.constructor.name;
  }

  protected override transmit(bytes: Uint8Array, done: Done): void {
    const stream = this.#stream;
    // The stream may keep the chunk after its callback (a Transform passes it on), and the slab is
    // used again.
    const hasRoom = stream.write(Buffer.from(bytes), done) as boolean | undefined;
    if (callsBack(stream)) return;
    // Some return nothing at all, and take everything.
    if (hasRoom ?? true) done();
    else this.#undrained = done;
  }

  protected override finish(done: Done): void {
    const ended: Done = (error) => {
      if (error === undefined || error === null) this.#removeListeners();
      done(error);
    };
    if (this.#keepsOpen) {
      ended();
      return;
    }
    this.#ending = true;
    const forget = finished(this.#stream, { readable: false }, (error) => {
      forget();
      ended(this.#translated(error));
    });
    this.#stream.end();
  }

  protected override destroy(failure: AsyncWriteError): void {
    this.#undrained = undefined;
    // Old streams can't be destroyed; then nobody ends them either, and they look as unfinished as they are.
    this.#stream.destroy?.(failure);
  }

  #removeListeners(): void {
    const stream = this.#stream;
    stream.off("error", this.#onError).off("close", this.#onClose).off("drain", this.#onDrain);
  }

  #translated(error: NodeJS.ErrnoException | null | undefined): Error | null | undefined {
    return error?.code === "ERR_STREAM_PREMATURE_CLOSE" ? this.#closed() : error;
  }

  #closed(): Error {
    const message = `${this}: the stream was closed; nobody takes what is written`;
    return this.#stream.errored ?? new AsyncWriteError("ERR_AW_BROKEN_PIPE", message);
  }
}

/** Whether `write` is Node's own, whose callbacks come. Whoever puts another one there may forget them. */
function callsBack(stream: Writable): boolean {
  if (Object.hasOwn(stream, "write")) return false;
  return stream.write === Writable.prototype.write || stream instanceof OutgoingMessage;
}
