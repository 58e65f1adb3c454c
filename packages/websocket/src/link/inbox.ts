import { AsyncWriteError } from "@aw/core";
import type { Link } from "./link.ts";

/** What is read ahead, in bytes: control frames behind it are seen although nobody reads. */
const READ_AHEAD: number = 64 * 1024;

/** What a message counts beside its bytes: empty ones take memory too. */
const OVERHEAD = 64;

/** What may arrive unread after close(), in bytes, until the peer answers it. */
const AFTER_CLOSE: number = 1024 * 1024;

/** The reading side: what arrived, with backpressure where the link can pause. */
export class Inbox<T extends Uint8Array | string = Uint8Array> {
  readonly readable: ReadableStream<T>;
  readonly #link: Link;
  #controller!: ReadableStreamDefaultController<T>;
  #ended = false;
  #draining = false;

  constructor(link: Link) {
    this.#link = link;
    this.readable = new ReadableStream<T>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => link.resume(),
        cancel: () => {
          // What still comes is discarded, so that the end is noticed.
          this.#ended = true;
          link.resume();
        },
      },
      { highWaterMark: READ_AHEAD, size: (chunk) => chunk.length + OVERHEAD },
    );
  }

  push(chunk: T): void {
    if (this.#ended) return;
    this.#controller.enqueue(chunk);
    const room = this.#controller.desiredSize ?? 0;
    if (room > 0) return;
    if (!this.#draining) {
      this.#link.pause();
    } else if (room < -AFTER_CLOSE) {
      const message = `${this.#link.name}: too much arrived unread after close(); read while it closes`;
      this.fail(new AsyncWriteError("ERR_AW_LIMIT", message));
    }
  }

  /** Takes what comes whether or not somebody reads: the answer to a close is behind it. */
  drain(): void {
    this.#draining = true;
    this.#link.resume();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#controller.close();
    // Nobody pulls any more, and the close of the peer is still to come.
    this.#link.resume();
  }

  fail(error: AsyncWriteError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#controller.error(error);
  }
}
