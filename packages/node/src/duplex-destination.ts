import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import {
  AsyncWriteError,
  type CompletionControl,
  type Destination,
  type Done,
  type Reader,
} from "@aw/core";
import { invalidArgument } from "@aw/core/implementor";
import { disown, isOwned, own, type DuplexOwner } from "./duplex-listeners.ts";
import { DuplexReader } from "./duplex-reader.ts";
import type { SourceHooks } from "./duplex-source.ts";
import { checkSocketEnd } from "./end-of-socket.ts";
import { LINGER, linger } from "./linger.ts";
import { tookAllAtOnce } from "./took-all-at-once.ts";

/** What a destination over a Duplex is called, and how long it waits for its peer. */
export interface DuplexDestinationOptions {
  /** What `toString` and error messages call it. Default: "duplex". */
  name?: string | undefined;
  /**
   * Milliseconds for which a connection that was closed, and then aborted or disposed of, waits for the
   * peer's end while nothing comes of it; six times as long in all. Until then the kernel may still be
   * sending what `close` committed. 0 drops it at once. Default: 5,000.
   */
  linger?: number | undefined;
}

/** Who hears of the end of a {@link DuplexDestination}. Told whose it is last, so that one can serve all of a kind. */
export interface DestinationObserver<Owner> {
  /** The writer has failed or was aborted, and everything is released. */
  onDestroyed(failure: AsyncWriteError, owner: Owner): void;
  /** The duplex was closed. */
  onClosed(owner: Owner): void;
}

/**
 * A Node Duplex as a destination, and what is read from it: what connections over sockets share.
 *
 * The slab that is being sent to a socket is reused only when Node's write callback says that the
 * kernel has it; other duplexes get copies. So at most two slabs wait here, whatever the duplex would
 * queue.
 *
 * For implementors: extend it for a transport of your own, and override `reset` if the peer could take a
 * destroyed duplex for an end, `drop` if more than the duplex is held, `checkEnd` if an end can be a cut,
 * and `translate` if there are better words for its errors.
 */
export class DuplexDestination<D extends Duplex = Duplex>
  implements Destination, DuplexOwner, SourceHooks
{
  readonly name: string;
  readonly duplex: D;
  readonly #linger: number;
  #observer: DestinationObserver<never> | undefined;
  #owner: unknown;
  #control: CompletionControl | undefined;
  #reader: DuplexReader | undefined;
  /** Why nothing is read any more. */
  #failure: AsyncWriteError | undefined;
  /** Why it was aborted after close: an error is made of it for who asks. */
  #abandoned: { reason: unknown } | undefined;

  /** @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if another connection has the duplex */
  constructor(duplex: D, { name = "duplex", linger: ms = LINGER }: DuplexDestinationOptions = {}) {
    if (isOwned(duplex)) {
      throw invalidArgument(
        `${name}: the duplex belongs to another connection; release that first`,
      );
    }
    this.duplex = duplex;
    this.name = name;
    this.#linger = ms;
  }

  /** Has its end told to `observer`, as that of `owner`. */
  observe<Owner>(observer: DestinationObserver<Owner>, owner: Owner): void {
    this.#observer = observer;
    this.#owner = owner;
  }

  start(control: CompletionControl): void {
    this.#control = control;
    own(this.duplex, this);
  }

  /**
   * The peer's bytes. Until you read, only the duplex's own buffer fills (its highWaterMark); then about
   * 64 KiB are read ahead.
   */
  get reader(): Reader {
    return (this.#reader ??= new DuplexReader(this));
  }

  transmit(bytes: Uint8Array, done: Done): void {
    const { duplex } = this;
    // Any other may keep a chunk after its callback, to pass it on.
    if (!(duplex instanceof Socket)) {
      duplex.write(Buffer.from(bytes), done);
      return;
    }
    duplex.write(bytes, done);
    // The callback would come a tick later.
    if (tookAllAtOnce(duplex)) done();
  }

  finish(done: Done): void {
    this.duplex.end((error?: Error | null) => {
      done(error);
      if (this.#reader?.source.isAborted === true) this.onReaderGone();
    });
  }

  destroy(failure: AsyncWriteError): void {
    this.#failure = failure;
    // Before the duplex says in its own words what its end did to it.
    this.#reader?.source.fail(failure);
    this.reset(failure);
    this.#observer?.onDestroyed(failure, this.#owner as never);
  }

  /**
   * After `close()` the reader fails at once. The duplex is destroyed when the peer has ended its own
   * direction, or after a while (the option `linger`): destroyed before, it would take with it what
   * `close` committed.
   */
  abandon(reason: unknown): void {
    if (this.#failure !== undefined || this.#abandoned !== undefined) return;
    this.#abandoned = { reason };
    this.#reader?.source.abandon();
    linger(this.duplex, this.#linger, () => this.drop());
  }

  /**
   * Fails both directions; also after close, when the writer can't fail any more, and only the reader
   * hears of it.
   */
  fail(error: AsyncWriteError): void {
    this.duplex.destroy(this.#control?.fail(error) ?? error);
  }

  /** Removes every listener and puts back what was read ahead: the duplex is its owner's again. */
  handBack(): void {
    const message = `${this.name}: released; read from the stream itself`;
    this.#failure = new AsyncWriteError("ERR_AW_CLOSED", message);
    disown(this.duplex);
    this.#reader?.handBack(this.#failure);
  }

  toString(): string {
    return this.name;
  }

  /** What it has failed of or was aborted with, if that was not after it was closed. */
  get failure(): AsyncWriteError | undefined {
    return this.#abandoned === undefined ? this.#failure : undefined;
  }

  /** Asked when the duplex has ended: calls `done`, with an error if the peer had more to say. */
  checkEnd(done: (error?: unknown) => void): void {
    checkSocketEnd(this.duplex, done);
  }

  /** A better error than the duplex's own, where there is one. */
  translate(error: unknown): unknown {
    return error;
  }

  closeError(): AsyncWriteError | undefined {
    if (this.#failure === undefined && this.#abandoned !== undefined) {
      const message = `${this.name}: aborted`;
      const { reason } = this.#abandoned;
      this.#failure = new AsyncWriteError("ERR_AW_ABORTED", message, { cause: reason });
    }
    return this.#failure;
  }

  /** With both directions over for their owner, nothing is left to wait for but the peer. */
  onReaderGone(): void {
    if (this.#control?.state === "closed") this.abandon(undefined);
  }

  /** Releases a duplex whose writer has failed; its peer must not take that for an end. */
  protected reset(failure: AsyncWriteError): void {
    // With an error, so that the other end of an in-memory pair does not see a clean end.
    this.duplex.destroy(failure);
  }

  /** Releases what a closed connection still holds, once the peer is no longer waited for. */
  protected drop(): void {
    this.duplex.destroy();
  }

  onRead(bytes: Uint8Array): boolean {
    return this.#reader?.source.onRead(bytes) === true;
  }

  onData(chunk: unknown): void {
    this.#reader?.source.onData(chunk);
  }

  onEnd(): void {
    this.#reader?.source.onEnd();
  }

  onError(error: Error): void {
    this.#reader?.source.salvage();
    this.#control?.fail(this.translate(error));
    this.#reader?.source.onError(error);
  }

  onClose(): void {
    this.#reader?.source.salvage();
    if (this.#control?.state !== "closed") {
      const message = `${this.name}: the connection is closed; connect again`;
      this.#control?.fail(new AsyncWriteError("ERR_AW_BROKEN_PIPE", message));
    }
    this.#reader?.source.onClose();
    this.#observer?.onClosed(this.#owner as never);
  }
}
