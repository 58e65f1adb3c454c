import { AsyncWriteError } from "@aw/core";
import type { Link } from "./link.ts";

/** What is read ahead, in bytes: control frames behind it are seen although the reader waits. */
const READ_AHEAD: number = 64 * 1024;

/** What a message counts beside its bytes: empty ones take memory too. */
const OVERHEAD = 64;

/** What may arrive unread after close(), in bytes, until the peer answers it; and after a cancel. */
const UNREAD: number = 1024 * 1024;

/** The reading side: what arrived, with backpressure where the link can pause. */
export class Inbox<T extends Uint8Array | string = Uint8Array> {
  readonly readable: ReadableStream<T>;
  readonly #link: Link;
  readonly #onCancel: () => void;
  #controller!: ReadableStreamDefaultController<T>;
  #ended = false;
  #cancelled = false;
  #draining = false;
  /** What came after a cancel, in bytes. */
  #discarded = 0;

  /** @param onCancel called when the reader wants no more */
  constructor(link: Link, onCancel: () => void = () => {}) {
    this.#link = link;
    this.#onCancel = onCancel;
    this.readable = new ReadableStream<T>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => link.resume(),
        cancel: () => this.#cancel(),
      },
      { highWaterMark: READ_AHEAD, size: (chunk) => chunk.length + OVERHEAD },
    );
  }

  /** Whether the reader wants no more, although more may come. */
  get isCancelled(): boolean {
    return this.#cancelled;
  }

  push(chunk: T): void {
    if (this.#ended) {
      this.#discard(chunk.length + OVERHEAD);
      return;
    }
    this.#controller.enqueue(chunk);
    const room = this.#controller.desiredSize ?? 0;
    if (room > 0) return;
    if (!this.#draining) {
      this.#link.pause();
    } else if (room < -UNREAD) {
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

  #cancel(): void {
    this.#ended = this.#cancelled = true;
    // A little may still come, so that an end that is near is noticed.
    this.#link.resume();
    this.#onCancel();
  }

  /** A peer that sends on although the reader has cancelled has to wait. */
  #discard(size: number): void {
    if (!this.#cancelled || this.#draining) return;
    this.#discarded += size;
    if (this.#discarded > UNREAD) this.#link.pause();
  }
}
