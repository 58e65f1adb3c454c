import { AsyncWriteError, CompletionWriter, type Connection, type Done } from "@aw/core";
import { closeError, isNormal } from "./close-error.ts";
import { parseProtocol } from "./half-close.ts";
import { Inbox } from "./inbox.ts";
import type { Closure, Link } from "./link.ts";
import { milliseconds, positive, type ConnectionOptions } from "./options.ts";

const EMPTY = new Uint8Array(0);

type Timer = ReturnType<typeof setTimeout>;

/**
 * A byte stream over a WebSocket. Small writes are gathered into binary messages, and the borders
 * between messages mean nothing.
 *
 * `close()` performs the closing handshake and resolves once the peer has answered. If both ends
 * agreed on the half-close, it only tells the peer that nothing more comes: the peer can still
 * answer, and the handshake follows when both have finished.
 */
export class WebSocketConnection extends CompletionWriter implements Connection {
  /** The subprotocol that was agreed on, without the half-close; "" for none. */
  readonly protocol: string;
  /** Whether the peer can still answer after `close()`. */
  readonly halfClose: boolean;
  readonly #link: Link;
  readonly #inbox: Inbox;
  readonly #maxMessageBytes: number;
  readonly #closeTimeout: number;
  /** The close code that tells the peer why it is dropped; undefined to drop it at once. */
  #dropWith: number | undefined;
  #finishing: Done | undefined;
  #sentEnd = false;
  #receivedEnd = false;
  #gone = false;
  #timer: Timer | undefined;

  constructor(link: Link, options: ConnectionOptions = {}) {
    super();
    this.#maxMessageBytes = positive("maxMessageBytes", options.maxMessageBytes, 64 * 1024);
    this.#closeTimeout = milliseconds("closeTimeout", options.closeTimeout, 10_000);
    this.#link = link;
    this.#inbox = new Inbox(link);
    const { protocol, halfClose } = parseProtocol(link.protocol);
    this.protocol = protocol;
    this.halfClose = halfClose;
    link.start({
      binary: (bytes) => this.#onBinary(bytes),
      text: () => this.#onText(),
      failed: (error) => this.#drop(error, 1002),
      closed: (closure) => this.#onClosed(closure),
    });
  }

  /** The peer's bytes. About 64 KiB are read ahead; then the peer has to wait, where it can be told. */
  get readable(): ReadableStream<Uint8Array> {
    return this.#inbox.readable;
  }

  /** Drops the connection, both directions, also after `close()`. The peer sees no orderly end. */
  override abort(reason?: unknown): void {
    const wasClosed = this.state === "closed";
    super.abort(reason);
    if (!wasClosed || this.#gone) return;
    const message = `${this}: aborted`;
    this.#release(new AsyncWriteError("ERR_AW_ABORTED", message, { cause: reason }));
  }

  /** Leaving the block lets go of both directions. */
  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    this.abort(new Error("the `await using` block ended"));
  }

  override toString(): string {
    return this.#link.name;
  }

  protected override transmit(bytes: Uint8Array, done: Done): void {
    if (this.#gone) done(closeError(this.toString(), { code: 1000, reason: "" }));
    else this.#link.sendBytes(bytes, this.#maxMessageBytes, done);
  }

  protected override commit(done: Done): void {
    if (this.#gone) done();
    else this.#link.drained(done);
  }

  protected override finish(done: Done): void {
    if (this.#gone) {
      // The peer closed in good order when everything was sent: there is nobody left to tell.
      done();
    } else if (this.halfClose) {
      this.#sentEnd = true;
      this.#link.send(EMPTY, done);
      this.#closeIfBothEnded();
    } else {
      this.#finishing = done;
      this.#inbox.drain();
      this.#startTimer(() => {
        const message = `${this}: the peer did not answer the close within ${this.#closeTimeout} ms`;
        this.#drop(new AsyncWriteError("ERR_AW_TIMEOUT", message), undefined);
      });
      this.#link.close(1000, "");
    }
  }

  protected override destroy(failure: AsyncWriteError): void {
    this.#release(failure);
  }

  /** Fails both directions. `code` tells the peer why; without one it is cut off. */
  #drop(error: AsyncWriteError, code: number | undefined): void {
    this.#dropWith = code;
    if (this.state === "closed" || this.state === "failed") this.#release(error);
    else this.fail(error);
  }

  #release(failure: AsyncWriteError): void {
    this.#inbox.fail(failure);
    if (this.#gone) return;
    clearTimeout(this.#timer);
    if (this.#dropWith === undefined) {
      this.#link.terminate();
    } else {
      this.#startTimer(() => this.#link.terminate());
      this.#link.resume();
      this.#link.close(this.#dropWith, failure.message.slice(-100));
    }
  }

  #onBinary(bytes: Uint8Array): void {
    if (bytes.length > 0) {
      if (!this.#receivedEnd) this.#inbox.push(bytes);
    } else if (this.halfClose) {
      this.#receivedEnd = true;
      this.#inbox.end();
      this.#closeIfBothEnded();
    }
  }

  #onText(): void {
    const message = `${this}: the peer sent a text message; bytes come in binary ones (use messages() for text)`;
    this.#drop(new AsyncWriteError("ERR_AW_PROTOCOL", message), 1003);
  }

  #closeIfBothEnded(): void {
    if (!this.#sentEnd || !this.#receivedEnd || this.#gone) return;
    this.#startTimer(() => this.#link.terminate());
    this.#link.close(1000, "");
  }

  #onClosed(closure: Closure): void {
    this.#gone = true;
    clearTimeout(this.#timer);
    const error = closeError(this.toString(), closure);
    if (isNormal(closure) && !this.halfClose) {
      this.#inbox.end();
      if (this.#finishing !== undefined) this.#finishing();
      // With everything sent, a close() to come is fine, and only a write would be lost.
      else if (this.staged.length > 0 || this.leaving.length > 0) this.fail(error);
    } else {
      this.#inbox.fail(this.halfClose && isNormal(closure) ? this.#truncated(error) : error);
      this.fail(error);
    }
  }

  #truncated(cause: AsyncWriteError): AsyncWriteError {
    const message = `${this}: the peer closed the connection before it had finished sending`;
    return new AsyncWriteError("ERR_AW_TRUNCATED", message, { cause: cause.cause });
  }

  #startTimer(action: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, this.#closeTimeout);
  }
}
