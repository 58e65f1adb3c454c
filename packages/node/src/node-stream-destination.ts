import { finished, Writable } from "node:stream";
import { AsyncWriteError, type CompletionControl, type Destination, type Done } from "@aw/core";
import { isOutgoingMessage } from "./outgoing-message.ts";

/** A Node Writable, or what looks like one, as a destination. */
export class NodeStreamDestination implements Destination {
  /** Whether `finish` leaves the stream open, and hands it back. */
  keepsOpen = false;
  readonly #stream: Writable;
  #control: CompletionControl | undefined;
  /** The answer to a chunk that waits for `drain`. */
  #undrained: Done | undefined;
  #ending = false;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  start(control: CompletionControl): void {
    this.#control = control;
    const stream = this.#stream;
    // By `on`: middleware wraps that one, to have `drain` come from the stream that it puts between.
    stream.on("error", this.#onError);
    stream.on("close", this.#onClose);
    stream.on("drain", this.#onDrain);
    if (isGone(stream)) control.fail(this.#closed());
  }

  transmit(bytes: Uint8Array, done: Done): void {
    const stream = this.#stream;
    // The stream may keep the chunk after its callback (a Transform passes it on), and the slab is
    // used again.
    const hasRoom = stream.write(Buffer.from(bytes), done) as boolean | undefined;
    if (callsBack(stream)) return;
    // Some return nothing at all, and take everything.
    if (hasRoom ?? true) done();
    else this.#undrained = done;
  }

  finish(done: Done): void {
    const ended: Done = (error) => {
      if (error === undefined || error === null) this.#removeListeners();
      done(error);
    };
    if (this.keepsOpen) {
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

  destroy(failure: AsyncWriteError): void {
    this.#undrained = undefined;
    // Old streams can't be destroyed; then they are not ended either, and look as unfinished as they are.
    this.#stream.destroy?.(failure);
  }

  toString(): string {
    return this.#stream.constructor.name;
  }

  #removeListeners(): void {
    const stream = this.#stream;
    stream.off("error", this.#onError).off("close", this.#onClose).off("drain", this.#onDrain);
  }

  #translated(error: NodeJS.ErrnoException | null | undefined): Error | null | undefined {
    return error?.code === "ERR_STREAM_PREMATURE_CLOSE" ? this.#closed() : error;
  }

  #closed(): Error {
    const message = `${this}: the stream was closed; what is written would be lost`;
    return this.#stream.errored ?? new AsyncWriteError("ERR_AW_BROKEN_PIPE", message);
  }

  readonly #onError = (error: Error): void => void this.#control?.fail(error);

  readonly #onDrain = (): void => {
    const done = this.#undrained;
    this.#undrained = undefined;
    done?.();
  };

  readonly #onClose = (): void => {
    // While it ends, `finished` knows whether it closed too early.
    if (!this.#ending) this.#control?.fail(this.#closed());
  };
}

/** Whether the stream takes nothing any more, through no fault of the writing program. */
export function isGone({
  destroyed = false,
  closed = false,
  errored = null,
}: Partial<Writable>): boolean {
  return destroyed || closed || errored !== null;
}

/** Whether `write` is Node's own, whose callbacks come. A replacement may forget them. */
function callsBack(stream: Writable): boolean {
  if (Object.hasOwn(stream, "write")) return false;
  return stream.write === Writable.prototype.write || isOutgoingMessage(stream);
}
