import { AsyncWriteError } from "@aw/core";
import {
  checkOptions,
  describeValue,
  invalidArgument,
  MILLISECONDS,
  oneOf,
  type Schema,
} from "@aw/core/implementor";
import { checkDrop, closeProblem } from "./close-code.ts";
import { ClosingHandshake } from "./closing-handshake.ts";
import { closeError, isNormal } from "./close-error.ts";
import { Flow } from "./flow.ts";
import type { Closure, Link } from "./link.ts";
import { MessageInbox } from "./message-inbox.ts";

/** One message: text is a string, binary the bytes. */
export type Message = string | Uint8Array;

/** What `messages` can be given. */
export interface MessagesOptions<T extends Message = Message> {
  /** Allows only this kind; the other one is refused with 1003. Default: both. */
  type?: (T extends string ? "text" : "binary") | undefined;
  /** How long the peer may take to answer a close, in milliseconds. Default: 10,000. */
  closeTimeout?: number | undefined;
}

export const MESSAGES_OPTIONS: Schema<MessagesOptions> = {
  type: oneOf("text", "binary"),
  closeTimeout: MILLISECONDS,
};

/**
 * Whole messages over a WebSocket, in both directions. Iterate over it for those of the peer. Leaving
 * an `await using` block without `close()` aborts.
 */
export class WebSocketMessages<T extends Message = Message>
  implements AsyncIterable<T>, AsyncDisposable
{
  readonly #link: Link;
  readonly #inbox: MessageInbox<T>;
  readonly #type: string | undefined;
  /** The sends and closes that wait; called when the connection ends. */
  readonly #waiting = new Set<(error: AsyncWriteError | undefined) => void>();
  /** The closes among them. */
  readonly #closers = new Set<(error: AsyncWriteError | undefined) => void>();
  #failure: AsyncWriteError | undefined;
  /** Why nothing can be sent any more, though there is something to read. */
  #lost: AsyncWriteError | undefined;
  #isClosing = false;
  #closure: Closure | undefined;
  readonly #handshake: ClosingHandshake;
  /** What was sent or closed before the link was open, in order. */
  #begin: (() => void)[] = [];

  constructor(link: Link, options: MessagesOptions<T> = {}) {
    checkOptions(link.name, options, MESSAGES_OPTIONS as Schema<MessagesOptions<T>>);
    const { type, closeTimeout = 10_000 } = options;
    this.#type = type;
    this.#link = link;
    const flow = new Flow(link);
    this.#inbox = new MessageInbox<T>(link.name, flow);
    this.#handshake = new ClosingHandshake(link, flow, closeTimeout);
    link.start({
      binary: (bytes) => this.#take(bytes, "binary"),
      text: (text) => this.#take(text, "text"),
      failed: (error, code) => this.#fail(error, code),
      lost: (error) => this.#onLost(error),
      opened: () => {
        for (const begin of this.#begin.splice(0)) begin();
      },
      closed: (closure) => this.#onClosed(closure),
    });
  }

  /**
   * The peer's messages. About 32 KiB are read ahead; then the peer has to wait, where the transport can
   * pause. Ends when the peer closes in good order, and fails otherwise with why the connection ended, after
   * the messages that came before.
   */
  get readable(): ReadableStream<T> {
    return this.#inbox.readable;
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return this.readable[Symbol.asyncIterator]();
  }

  /**
   * Sends one message, text or binary. Resolves when the socket has it, which is when its bytes are
   * yours again. Await it: that is the backpressure.
   *
   * Rejects with `ERR_AW_CLOSED` after `close`, `ERR_AW_INVALID_ARGUMENT` for what is not a message of the
   * `type`, or with why the connection ended. It can't be cancelled: a message is sent whole, or `abort`
   * ends the connection.
   */
  send(message: T): Promise<void> {
    if (typeof message !== "string" && !ArrayBuffer.isView(message)) {
      const text = `${this}: a message is a string or a Uint8Array, got ${describeValue(message)}`;
      return Promise.reject(invalidArgument(text));
    }
    const kind = typeof message === "string" ? "text" : "binary";
    if (this.#type !== undefined && kind !== this.#type) {
      return Promise.reject(
        invalidArgument(`${this}: send a ${this.#type} message, not a ${kind} one`),
      );
    }
    if (this.#isClosing && this.#failure === undefined) {
      return Promise.reject(new AsyncWriteError("ERR_AW_CLOSED", `${this}: send after close`));
    }
    return this.#wait((done) => {
      if (this.#lost !== undefined) {
        done(this.#lost);
        return;
      }
      this.#whenOpen(() =>
        this.#link.send(message, (error) =>
          done(error === undefined ? undefined : AsyncWriteError.from(error, `${this}`)),
        ),
      );
    });
  }

  /**
   * Performs the closing handshake (RFC 6455, section 7), after all that was sent. Resolves once the peer
   * has answered; what arrives meanwhile stays readable, up to 1 MiB unread.
   *
   * Rejects with `ERR_AW_TIMEOUT` if the peer does not answer within `closeTimeout`,
   * `ERR_AW_INVALID_ARGUMENT` for another code or a longer reason, or with why the connection ended.
   * `abort` cancels it.
   *
   * @param code 1000 to 1014 but 1004 to 1006, or 3000 to 4999; browsers send 4001 for 1001, and so on
   * @param reason at most 123 bytes of UTF-8
   */
  close(code = 1000, reason = ""): Promise<void> {
    const problem = closeProblem(code, reason);
    if (problem !== undefined) return Promise.reject(invalidArgument(`${this}: ${problem}`));
    if (this.#closure !== undefined && isNormal(this.#closure)) return Promise.resolve();
    return this.#wait((done) => {
      // Answered by #onClosed, which calls all that wait.
      this.#closers.add(done);
      if (this.#isClosing) return;
      this.#isClosing = true;
      this.#handshake.expectPeer((late) => this.#fail(late, undefined));
      this.#whenOpen(() => this.#link.close(code, reason));
    });
  }

  /**
   * Drops the connection at once: the peer sees no orderly end. What is pending rejects with
   * `ERR_AW_ABORTED`, `reason` as its cause. Does nothing to a connection that has ended.
   */
  abort(reason?: unknown): void {
    if (this.#closure !== undefined) return;
    if (this.#failure !== undefined) {
      // The peer is being told why: it is cut off now.
      this.#handshake.terminate();
      return;
    }
    const message = `${this}: aborted`;
    this.#fail(new AsyncWriteError("ERR_AW_ABORTED", message, { cause: reason }), undefined);
  }

  /**
   * Ends both directions at once, as `abort` does, but sends the peer a close frame that says why. Its
   * reader fails with `code` and `reason`.
   *
   * @param code 1001 ("going away"), 1008, 1011 to 1014, or 3000 to 4999
   * @param reason at most 123 bytes of UTF-8
   * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` for another code, or a longer reason
   */
  drop(code: number, reason = ""): void {
    checkDrop(`${this}`, code, reason);
    const message = `${this}: dropped with code ${code}`;
    this.#fail(new AsyncWriteError("ERR_AW_ABORTED", message), code, reason);
  }

  /** For `await using`: aborts, unless it was closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.abort(new Error("the `await using` block ended without close()"));
  }

  toString(): string {
    return this.#link.name;
  }

  #whenOpen(step: () => void): void {
    if (this.#link.isOpen) step();
    else this.#begin.push(step);
  }

  #wait(begin: (done: (error: AsyncWriteError | undefined) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      const done = (error: AsyncWriteError | undefined): void => {
        this.#waiting.delete(done);
        if (error === undefined) resolve();
        else reject(error);
      };
      this.#waiting.add(done);
      begin(done);
    });
  }

  #take(message: Message, kind: string): void {
    if (this.#type === undefined || this.#type === kind) {
      this.#inbox.push(message as T);
      return;
    }
    const text = `${this}: the peer sent a ${kind} message where only ${this.#type} ones are allowed`;
    this.#fail(new AsyncWriteError("ERR_AW_PROTOCOL", text), 1003, `only ${this.#type} messages`);
  }

  #fail(error: AsyncWriteError, code: number | undefined, reason = ""): void {
    // Also after its end, which is one.
    if (this.#failure !== undefined) return;
    this.#settle(error);
    if (error.code === "ERR_AW_ABORTED") this.#inbox.abort(error);
    else this.#inbox.fail(error);
    this.#begin = [];
    if (code === undefined || !this.#link.isOpen) this.#handshake.terminate();
    else this.#handshake.begin(code, reason);
  }

  /** A close goes on: it reads all, and the peer's answer may be there. */
  #onLost(error: AsyncWriteError): void {
    this.#lost = error;
    for (const done of this.#waiting) if (!this.#closers.has(done)) done(error);
  }

  #onClosed(closure: Closure): void {
    this.#closure = closure;
    this.#handshake.end();
    const error = closeError(this.toString(), closure);
    const orderly = isNormal(closure) || (this.#isClosing && closure.code !== 1006);
    if (orderly) this.#inbox.end();
    else this.#inbox.fail(error);
    if (this.#failure !== undefined) return;
    if (orderly) for (const done of this.#closers) done(undefined);
    this.#settle(error);
  }

  /** From now on everything fails with `error`, and what waits does so at once. */
  #settle(error: AsyncWriteError): void {
    this.#failure = error;
    for (const done of this.#waiting) done(error);
  }
}
