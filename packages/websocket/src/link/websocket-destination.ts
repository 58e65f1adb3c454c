import { AsyncWriteError, type CompletionControl, type Destination, type Done } from "@aw/core";
import { ClosingHandshake } from "./closing-handshake.ts";
import { closeError, isNormal } from "./close-error.ts";
import { parseProtocol } from "./half-close.ts";
import { Flow } from "./flow.ts";
import { Inbox } from "./inbox.ts";
import type { Closure, Link } from "./link.ts";
import type { ConnectionOptions } from "./options.ts";

const EMPTY = new Uint8Array(0);

/**
 * The bytes of a connection over a link: binary messages that leave, those that arrive in the inbox,
 * and the end of both directions.
 *
 * The writer can be over while the link is not: it closed, and the peer has not finished; or it
 * failed, and the peer is being told why. An abort then comes as `abandon`, and cuts the link off.
 */
export class WebSocketDestination implements Destination {
  readonly inbox: Inbox;
  readonly #link: Link;
  readonly #handshake: ClosingHandshake;
  readonly #maxMessageBytes: number;
  #control!: CompletionControl;
  /** The close frame that tells the peer why it is dropped; undefined to cut it off. */
  #dropWith: { code: number; reason: string } | undefined;
  /** The step that waits until the link is open. */
  #begin: (() => void) | undefined;
  /** What `transmitAtOnce` could not even begin to send. */
  #unsent: Uint8Array | undefined;
  #finishing: Done | undefined;
  #sentEnd = false;
  /** Whether the end has not left yet. */
  #sendingEnd = false;
  #receivedEnd = false;
  #gone = false;
  /** Why nothing can be sent any more, though the link is not gone: the reader has not read all. */
  #lost: AsyncWriteError | undefined;

  constructor(link: Link, options: ConnectionOptions) {
    const { maxMessageBytes = 64 * 1024, closeTimeout = 10_000 } = options;
    this.#link = link;
    this.#maxMessageBytes = maxMessageBytes;
    const flow = new Flow(link);
    this.inbox = new Inbox(link.name, flow, () => this.#onCancel());
    this.#handshake = new ClosingHandshake(link, flow, closeTimeout);
  }

  get protocol(): string {
    return parseProtocol(this.#link.protocol).protocol;
  }

  get halfClose(): boolean {
    return parseProtocol(this.#link.protocol).halfClose;
  }

  start(control: CompletionControl): void {
    this.#control = control;
    this.#link.start({
      opened: () => this.#onOpened(),
      binary: (bytes) => this.#onBinary(bytes),
      text: () => this.#onText(),
      failed: (error, code) => this.drop(error, code),
      lost: (error) => this.#onLost(error),
      closed: (closure) => this.#onClosed(closure),
    });
  }

  transmitAtOnce(bytes: Uint8Array): boolean {
    if (this.#link.canSendAtOnce === true && this.#lost === undefined) {
      return this.#link.sendAtOnce?.(bytes, this.#maxMessageBytes) === true;
    }
    this.#unsent = bytes;
    return false;
  }

  whenTransmitted(done: Done): void {
    const bytes = this.#unsent;
    this.#unsent = undefined;
    if (bytes === undefined) this.#link.whenSent?.(done);
    else this.transmit(bytes, done);
  }

  transmit(bytes: Uint8Array, done: Done): void {
    this.#whenOpen(() => {
      if (this.#gone) done(closeError(this.#link.name, { code: 1000, reason: "" }));
      else if (this.#lost !== undefined) done(this.#lost);
      else this.#link.sendBytes(bytes, this.#maxMessageBytes, done);
    });
  }

  commit(done: Done): void {
    if (this.#gone) done();
    else this.#link.drained(done);
  }

  finish(done: Done): void {
    this.#whenOpen(() => this.#finish(done));
  }

  destroy(failure: AsyncWriteError): void {
    // What came before can still be read. The link ends behind that, or by an abort.
    if (this.#lost !== undefined && failure.code !== "ERR_AW_ABORTED") return;
    this.#release(failure);
  }

  abandon(reason: unknown): void {
    if (this.#gone) return;
    this.#dropWith = undefined;
    const message = `${this}: aborted`;
    this.#release(new AsyncWriteError("ERR_AW_ABORTED", message, { cause: reason }));
  }

  /**
   * Fails both directions.
   *
   * @param code tells the peer why, in a close frame; without one it is cut off
   */
  drop(error: AsyncWriteError, code: number | undefined, reason = ""): void {
    this.#dropWith = code === undefined ? undefined : { code, reason };
    const { state } = this.#control;
    // The writer has nothing to fail any more: what is left is the link.
    if (state === "closed" || state === "failed") this.#release(error);
    else this.#control.fail(error);
  }

  toString(): string {
    return this.#link.name;
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
      // The peer closed in good order when everything was sent: there is no peer to tell.
      done();
    } else if (this.halfClose && this.#lost !== undefined) {
      done(this.#lost);
    } else if (this.halfClose) {
      this.#sentEnd = true;
      this.#sendEnd(done);
      this.#closeIfBothEnded();
      if (this.inbox.isCancelled) this.#handshake.expectPeer();
    } else {
      this.#finishing = done;
      this.#handshake.begin(1000, "", (late) => this.drop(late, undefined));
    }
  }

  #release(failure: AsyncWriteError): void {
    this.#begin = undefined;
    if (failure.code === "ERR_AW_ABORTED") this.inbox.abort(failure.cause ?? failure);
    else this.inbox.fail(failure);
    if (this.#gone) return;
    if (this.#dropWith === undefined || !this.#link.isOpen) this.#handshake.terminate();
    else this.#handshake.begin(this.#dropWith.code, this.#dropWith.reason);
  }

  #onBinary(bytes: Uint8Array): void {
    if (bytes.length > 0) {
      // Behind the end of the peer it takes no more.
      this.inbox.push(bytes);
    } else if (this.halfClose) {
      this.#receivedEnd = true;
      this.inbox.end();
      this.#closeIfBothEnded();
    }
  }

  #onText(): void {
    const message = `${this}: the peer sent a text message; bytes come in binary ones (use messages() for text)`;
    const error = new AsyncWriteError("ERR_AW_PROTOCOL", message);
    this.drop(error, 1003, "only binary messages");
  }

  /** Nobody reads any more: after our end, the peer's has to come in time. */
  #onCancel(): void {
    if (this.#sentEnd && !this.#gone) this.#handshake.expectPeer();
  }

  #closeIfBothEnded(): void {
    if (this.#sentEnd && this.#receivedEnd && !this.#gone) this.#handshake.begin(1000, "");
  }

  #onClosed(closure: Closure): void {
    this.#gone = true;
    this.#begin = undefined;
    this.#handshake.end();
    const error = closeError(this.#link.name, closure);
    if (isNormal(closure) && !this.halfClose) {
      this.inbox.end();
      // With everything sent, a close() to come succeeds, and only a write would be lost.
      if (closure.unsent === true || this.#control.hasUnsent) this.#control.fail(error);
      else this.#finishing?.();
    } else {
      this.inbox.fail(this.halfClose && isNormal(closure) ? this.#truncated(error) : error);
      this.#control.fail(error);
    }
  }

  #sendEnd(done: Done): void {
    this.#sendingEnd = true;
    this.#link.send(EMPTY, (error) => {
      this.#sendingEnd = false;
      done(error);
    });
  }

  /** A close that waits for the peer's answer goes on: it reads all, and the answer may be there. */
  #onLost(error: AsyncWriteError): void {
    this.#lost = error;
    if (this.#sendingEnd || (this.#finishing === undefined && this.#control.hasUnsent)) {
      this.#control.fail(error);
    }
  }

  #truncated({ cause }: AsyncWriteError): AsyncWriteError {
    const message = `${this}: the peer closed the connection before it had finished sending`;
    return new AsyncWriteError("ERR_AW_TRUNCATED", message, { cause });
  }
}
