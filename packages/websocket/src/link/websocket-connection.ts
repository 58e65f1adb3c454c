import { AsyncWriteError, CompletionWriter, type Connection, type Done } from "@aw/core";
import { checkOptions, Timer } from "@aw/core/implementor";
import { closeError, isNormal } from "./close-error.ts";
import { checkDrop } from "./close-code.ts";
import { parseProtocol } from "./half-close.ts";
import { Inbox } from "./inbox.ts";
import type { Closure, Link } from "./link.ts";
import { CONNECTION_OPTIONS, type ConnectionOptions } from "./options.ts";

const EMPTY = new Uint8Array(0);

/**
 * A byte stream over a WebSocket. Small writes are gathered into binary messages, and the borders
 * between messages mean nothing.
 *
 * `close()` performs the closing handshake and resolves once the peer has answered. If both ends
 * agreed on the half-close, it only tells the peer that nothing more comes: the peer can still
 * answer, and the handshake follows when both have finished.
 */
export class WebSocketConnection extends CompletionWriter implements Connection {
  readonly #link: Link;
  readonly #inbox: Inbox;
  readonly #maxMessageBytes: number;
  readonly #closeTimeout: number;
  readonly #timer: Timer = new Timer();
  /** The close frame that tells the peer why it is dropped; undefined to cut it off. */
  #dropWith: { code: number; reason: string } | undefined;
  /** The step that waits until the link is open. */
  #begin: (() => void) | undefined;
  #finishing: Done | undefined;
  #sentEnd = false;
  #receivedEnd = false;
  #gone = false;

  constructor(link: Link, options: ConnectionOptions = {}) {
    super();
    checkOptions(link.name, options, CONNECTION_OPTIONS);
    const { maxMessageBytes = 64 * 1024, closeTimeout = 10_000 } = options;
    this.#maxMessageBytes = maxMessageBytes;
    this.#closeTimeout = closeTimeout;
    this.#link = link;
    this.#inbox = new Inbox(link, () => this.#onCancel());
    link.start({
      opened: () => this.#onOpened(),
      binary: (bytes) => this.#onBinary(bytes),
      text: () => this.#onText(),
      failed: (error, code) => this.#drop(error, code),
      closed: (closure) => this.#onClosed(closure),
    });
  }

  /** The subprotocol that was agreed on, without the half-close; "" for none, and before it is open. */
  get protocol(): string {
    return parseProtocol(this.#link.protocol).protocol;
  }

  /** Whether the peer can still answer after `close()`. */
  get halfClose(): boolean {
    return parseProtocol(this.#link.protocol).halfClose;
  }

  /** The peer's bytes. About 64 KiB are read ahead; then the peer has to wait, where it can be told. */
  get readable(): ReadableStream<Uint8Array> {
    return this.#inbox.readable;
  }

  /** Drops the connection, both directions, also after `close()`. The peer sees no orderly end. */
  override abort(reason?: unknown): void {
    const wasOver = this.state === "closed" || this.state === "failed";
    super.abort(reason);
    if (!wasOver || this.#gone) return;
    // Closed, and the peer has not finished; or failed, and the peer is being told why.
    this.#dropWith = undefined;
    const message = `${this}: aborted`;
    this.#release(new AsyncWriteError("ERR_AW_ABORTED", message, { cause: reason }));
  }

  /**
   * Ends both directions at once, as `abort` does, but tells the peer why with a close frame behind
   * what is on its way already. Its reader and writer fail with `code` and `reason`.
   *
   * @param code 1001 ("going away"), 1008, 1011 to 1014, or 3000 to 4999; browsers send 4001 for 1001, and so on
   * @param reason at most 123 bytes of UTF-8
   * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` for another code, or a longer reason
   */
  drop(code: number, reason = ""): void {
    checkDrop(this.toString(), code, reason);
    const error = new AsyncWriteError("ERR_AW_ABORTED", `${this}: dropped with code ${code}`);
    this.#drop(error, code, reason);
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
    this.#whenOpen(() => {
      if (this.#gone) done(closeError(this.toString(), { code: 1000, reason: "" }));
      else this.#link.sendBytes(bytes, this.#maxMessageBytes, done);
    });
  }

  protected override commit(done: Done): void {
    if (this.#gone) done();
    else this.#link.drained(done);
  }

  protected override finish(done: Done): void {
    this.#whenOpen(() => this.#finish(done));
  }

  protected override destroy(failure: AsyncWriteError): void {
    this.#release(failure);
  }

  #whenOpen(step: () => void): void {
    if (this.#link.isOpen || this.#gone) step();
    else this.#begin = step;
  }

  #onOpened(): void {
    const begin = this.#begin;
    this.#begin = undefined;
    begin?.();
  }

  #finish(done: Done): void {
    if (this.#gone) {
      // The peer closed in good order when everything was sent: there is nobody left to tell.
      done();
    } else if (this.halfClose) {
      this.#sentEnd = true;
      this.#link.send(EMPTY, done);
      this.#closeIfBothEnded();
      if (this.#inbox.isCancelled) this.#awaitEnd();
    } else {
      this.#finishing = done;
      this.#inbox.drain();
      this.#timer.start(this.#closeTimeout, () => {
        const message = `${this}: the peer did not answer the close within ${this.#closeTimeout} ms`;
        this.#drop(new AsyncWriteError("ERR_AW_TIMEOUT", message), undefined);
      });
      this.#link.close(1000, "");
    }
  }

  /** Fails both directions. `code` tells the peer why; without one it is cut off. */
  #drop(error: AsyncWriteError, code: number | undefined, reason = ""): void {
    this.#dropWith = code === undefined ? undefined : { code, reason };
    if (this.state === "closed" || this.state === "failed") this.#release(error);
    else this.fail(error);
  }

  #release(failure: AsyncWriteError): void {
    this.#begin = undefined;
    this.#inbox.fail(failure);
    if (this.#gone) return;
    this.#timer.clear();
    if (this.#dropWith === undefined || !this.#link.isOpen) {
      this.#link.terminate();
    } else {
      this.#terminateLater();
      this.#inbox.drain();
      this.#link.close(this.#dropWith.code, this.#dropWith.reason);
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
    const error = new AsyncWriteError("ERR_AW_PROTOCOL", message);
    this.#drop(error, 1003, "only binary messages");
  }

  #onCancel(): void {
    if (this.#sentEnd && !this.#gone) this.#awaitEnd();
  }

  /** Nobody reads and nothing more is sent: the peer's end, or the end of its time. */
  #awaitEnd(): void {
    this.#inbox.drain();
    this.#terminateLater();
  }

  #closeIfBothEnded(): void {
    if (!this.#sentEnd || !this.#receivedEnd || this.#gone) return;
    this.#terminateLater();
    this.#link.close(1000, "");
  }

  #onClosed(closure: Closure): void {
    this.#gone = true;
    this.#begin = undefined;
    this.#timer.clear();
    const error = closeError(this.toString(), closure);
    if (isNormal(closure) && !this.halfClose) {
      this.#inbox.end();
      const lost = closure.unsent === true || this.staged.length > 0 || this.leaving.length > 0;
      // With everything sent, a close() to come is fine, and only a write would be lost.
      if (lost) this.fail(error);
      else this.#finishing?.();
    } else {
      this.#inbox.fail(this.halfClose && isNormal(closure) ? this.#truncated(error) : error);
      this.fail(error);
    }
  }

  #truncated(cause: AsyncWriteError): AsyncWriteError {
    const message = `${this}: the peer closed the connection before it had finished sending`;
    return new AsyncWriteError("ERR_AW_TRUNCATED", message, { cause: cause.cause });
  }

  #terminateLater(): void {
    this.#timer.start(this.#closeTimeout, () => this.#link.terminate());
  }
}
