import type { OperationQueue } from "../writer/operation-queue.ts";
import { ReadInto } from "./read-into.ts";
import type { Window } from "./window.ts";

/**
 * The `ReadableStream` over the bytes of a reader. It holds none: it reads when somebody reads it. So who
 * releases its lock leaves the rest to the reader.
 */
export class StreamView {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #window: Window;
  readonly #operations: OperationQueue;
  #controller!: ReadableByteStreamController;
  #pulling = false;

  constructor(window: Window, operations: OperationQueue) {
    this.#window = window;
    this.#operations = operations;
    this.stream = new ReadableStream(
      {
        type: "bytes",
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#pull(),
        cancel: (reason) => window.abort(reason),
      },
      { highWaterMark: 0 },
    );
  }

  /** Whether somebody reads the stream, or bytes are on their way through it. */
  get isTaken(): boolean {
    return this.stream.locked || this.#pulling || (this.#controller.desiredSize ?? 0) < 0;
  }

  async #pull(): Promise<void> {
    this.#pulling = true;
    try {
      const target = viewOf(this.#controller.byobRequest);
      const isOver = await (target === undefined ? this.#pass() : this.#fill(target));
      if (isOver) this.#close();
    } finally {
      this.#pulling = false;
    }
  }

  /** Passes the next chunk on. Returns whether there was none. */
  async #pass(): Promise<boolean> {
    const chunk = await this.#operations.perform(this.#window, undefined);
    if (chunk === undefined) return true;
    // The stream takes the whole buffer away: it has to be all of this chunk's, and nothing else's.
    const isWhole = chunk.byteLength === chunk.buffer.byteLength;
    this.#controller.enqueue(isWhole ? (chunk as Uint8Array<ArrayBuffer>) : new Uint8Array(chunk));
    return false;
  }

  /** Fills memory of who reads. Returns whether there was nothing left. */
  async #fill(target: Uint8Array): Promise<boolean> {
    const count = await this.#operations.perform(new ReadInto(this.#window, target), undefined);
    if (count === 0) return true;
    this.#controller.byobRequest?.respond(count);
    return false;
  }

  #close(): void {
    this.#controller.close();
    // Who waits with memory of its own gets that back empty.
    this.#controller.byobRequest?.respond(0);
  }
}

function viewOf(request: ReadableStreamBYOBRequest | null): Uint8Array | undefined {
  const view = request?.view;
  if (view === undefined || view === null) return undefined;
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
