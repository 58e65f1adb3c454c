import { AsyncWriteError } from "@aw/core";
import { READ_AHEAD, UNREAD, type Flow } from "./flow.ts";

/** What a message counts beside its bytes: empty ones take memory too. */
const OVERHEAD = 64;

/** So many places of messages that were read are left before the others move up. */
const MAX_GAP = 1024;

/**
 * The reading side of whole messages: those that arrived, with backpressure where the link can pause. The
 * stream of the platform holds none of them: it would drop them at a failure.
 */
export class MessageInbox<T extends Uint8Array | string> {
  readonly readable: ReadableStream<T>;
  readonly #name: string;
  readonly #flow: Flow;
  #controller!: ReadableStreamDefaultController<T>;
  /** What arrived and nobody has read, from `#next` on. */
  readonly #messages: (T | undefined)[] = [];
  #next = 0;
  /** Their size. */
  #held = 0;
  /** Whether somebody waits for a message. */
  #wanted = false;
  #holding = false;
  /** How it ended, which is told after the last message. */
  #ending: { error: AsyncWriteError | undefined } | undefined;
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
        pull: () => this.#pull(),
        cancel: () => this.#cancel(),
      },
      { highWaterMark: 0 },
    );
    flow.release();
  }

  /** One of the peer's messages. What comes behind an end is dropped. */
  push(message: T): void {
    if (this.#ending !== undefined) {
      if (this.#cancelled) this.#flow.discard(size(message));
      return;
    }
    if (this.#wanted) {
      this.#wanted = false;
      this.#controller.enqueue(message);
      return;
    }
    this.#messages.push(message);
    this.#held += size(message);
    if (this.#held < READ_AHEAD) return;
    this.#holding = true;
    this.#flow.hold();
    if (!this.#flow.isDraining || this.#held <= READ_AHEAD + UNREAD) return;
    const text = `${this.#name}: too much arrived unread after close(); read while it closes`;
    this.fail(new AsyncWriteError("ERR_AW_LIMIT", text));
  }

  end(): void {
    if (this.#ending !== undefined) return;
    this.#finish(undefined);
    // The close of the peer is still to come.
    this.#flow.release();
  }

  /** Who reads hears of it after the messages that came before. */
  fail(error: AsyncWriteError): void {
    if (this.#ending === undefined) this.#finish(error);
  }

  /** Who reads hears of it at once, and what was not read is dropped. */
  abort(error: AsyncWriteError): void {
    if (this.#ending !== undefined) return;
    this.#drop();
    this.#finish(error);
  }

  #finish(error: AsyncWriteError | undefined): void {
    this.#ending = { error };
    if (this.#messages.length === 0) this.#tellEnding(error);
  }

  #pull(): void {
    if (this.#messages.length === 0) {
      this.#wanted = true;
      return;
    }
    this.#controller.enqueue(this.#take());
    if (this.#ending !== undefined) {
      if (this.#messages.length === 0) this.#tellEnding(this.#ending.error);
    } else if (this.#holding && this.#held <= READ_AHEAD / 2) {
      this.#holding = false;
      this.#flow.release();
    }
  }

  #tellEnding(error: AsyncWriteError | undefined): void {
    if (error === undefined) this.#controller.close();
    else this.#controller.error(error);
  }

  #take(): T {
    const messages = this.#messages;
    const message = messages[this.#next] as T;
    // An array's own `shift` moves all the others, once they are many.
    messages[this.#next++] = undefined;
    this.#held -= size(message);
    if (
      this.#next === messages.length ||
      (this.#next > MAX_GAP && this.#next * 2 > messages.length)
    ) {
      messages.splice(0, this.#next);
      this.#next = 0;
    }
    return message;
  }

  #drop(): void {
    this.#messages.length = this.#next = this.#held = 0;
  }

  #cancel(): void {
    this.#drop();
    if (this.#ending !== undefined) return;
    this.#ending = { error: undefined };
    this.#cancelled = true;
    // What comes now is discarded.
    this.#flow.release();
  }
}

function size(message: Uint8Array | string): number {
  return message.length + OVERHEAD;
}
