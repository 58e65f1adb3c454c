import { AsyncWriteError } from "@aw/core";
import { READ_AHEAD, UNREAD, type Flow } from "./flow.ts";

/** What a message counts beside its bytes: empty ones take memory too. */
const OVERHEAD = 64;

/** The reading side of whole messages: those that arrived, with backpressure where the link can pause. */
export class MessageInbox<T extends Uint8Array | string> {
  readonly readable: ReadableStream<T>;
  readonly #name: string;
  readonly #flow: Flow;
  #controller!: ReadableStreamDefaultController<T>;
  #ended = false;
  #cancelled = false;

  /** @param name what the connection is called in messages of errors */
  constructor(name: string, flow: Flow) {
    this.#name = name;
    this.#flow = flow;
    this.readable = new ReadableStream<T>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => flow.release(),
        cancel: () => this.#cancel(),
      },
      { highWaterMark: READ_AHEAD, size },
    );
  }

  /** One of the peer's messages. What comes behind an end is dropped. */
  push(message: T): void {
    if (this.#ended) {
      if (this.#cancelled) this.#flow.discard(size(message));
      return;
    }
    this.#controller.enqueue(message);
    const room = this.#controller.desiredSize ?? 0;
    if (room <= 0) this.#flow.hold();
    if (!this.#flow.isDraining || room >= -UNREAD) return;
    const text = `${this.#name}: too much arrived unread after close(); read while it closes`;
    this.fail(new AsyncWriteError("ERR_AW_LIMIT", text));
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#controller.close();
    // Nobody pulls any more, and the close of the peer is still to come.
    this.#flow.release();
  }

  fail(error: AsyncWriteError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#controller.error(error);
  }

  #cancel(): void {
    this.#ended = this.#cancelled = true;
    // What comes now is discarded.
    this.#flow.release();
  }
}

function size(message: Uint8Array | string): number {
  return message.length + OVERHEAD;
}
