import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import {
  AsyncWriteError,
  CompletionWriter,
  type CompletionWriterOptions,
  type Connection,
  type Done,
} from "@aw/core";
import { checkEnd } from "./end-of-socket.ts";
import { LINGER, linger } from "./linger.ts";
import { Reading } from "./readable-stream-of.ts";

/** Below this, in bytes, gathering for the next system call is faster, its copy included. */
const LEND = { from: 256 * 1024, atMost: 256 * 1024 };

export interface DuplexConnectionOptions extends CompletionWriterOptions {
  /**
   * Milliseconds for which a connection that was closed, and then aborted or disposed of, waits for the
   * peer's end while nothing comes of it; six times as long in all. Until then the kernel may still be
   * sending what `close` committed. 0 drops it at once. Default: 5,000.
   */
  linger?: number | undefined;
}

/**
 * A Node Duplex as a Connection. What sockets share.
 *
 * The slab that is being sent to a socket is reused only when Node's write callback says that the
 * kernel has it; other duplexes get copies. So at most two slabs wait here, whatever the duplex would
 * queue.
 *
 * For implementors: extend it for a transport of your own, and override `toString`.
 */
export class DuplexConnection extends CompletionWriter implements Connection {
  protected readonly duplex: Duplex;
  /** Any duplex but a socket may keep a chunk after its callback, to pass it on. */
  readonly #keepsChunks: boolean;
  readonly #linger: number;
  #reading: Reading | undefined;
  /** Why nothing is read any more. */
  #failure: AsyncWriteError | undefined;

  constructor(duplex: Duplex, options: DuplexConnectionOptions = {}) {
    const { linger: patience = LINGER, ...ofEngine } = options;
    super({ lend: LEND, ...ofEngine });
    this.duplex = duplex;
    this.#linger = patience;
    this.#keepsChunks = !(duplex instanceof Socket);
    // With a listener from the start, no error of an idle connection ends the process.
    duplex.on("error", (error) => this.fail(this.translate(error)));
    duplex.on("close", () => this.#onClose());
  }

  /** The peer's bytes. Until you read, only the duplex's own buffer fills (its highWaterMark). */
  get readable(): ReadableStream<Uint8Array> {
    this.#reading ??= new Reading(this.duplex, () => this.toString(), {
      checkEnd: (done) => {
        const error = this.endError();
        if (error === undefined) checkEnd(this.duplex, done);
        else done(error);
      },
      closeError: () => this.#failure,
      translate: (error) => this.translate(error),
      onCancel: () => this.#onCancel(),
    });
    return this.#reading.stream;
  }

  /**
   * Drops the connection, both directions. After `close()` the reader ends at once, and the connection
   * goes when the peer has ended its own direction, or after a while (the option `linger`): dropped
   * before, it would take with it what `close` committed.
   */
  override abort(reason?: unknown): void {
    super.abort(reason);
    if (this.state === "closed") this.#release(reason);
    else this.duplex.destroy();
  }

  /** Leaving the block lets go of both directions; see `Writer` for what that means to the peer. */
  override async [Symbol.asyncDispose](): Promise<void> {
    try {
      await super[Symbol.asyncDispose]();
    } finally {
      this.abort(new Error("the `await using` block ended"));
    }
  }

  override toString(): string {
    return "duplex";
  }

  /** Asked when the duplex has ended: an error if the peer had more to say. */
  protected endError(): AsyncWriteError | undefined {
    return undefined;
  }

  /** A better error than the duplex's own, where there is one. */
  protected translate(error: unknown): unknown {
    return error;
  }

  protected override cleanUp(failure: AsyncWriteError): void {
    this.#failure = failure;
    // Before the duplex says in its own words what its end did to it.
    this.#reading?.fail(failure);
    super.cleanUp(failure);
  }

  protected override transmit(bytes: Uint8Array, done: Done): void {
    const { duplex } = this;
    if (this.#keepsChunks) {
      duplex.write(Buffer.from(bytes), done);
      return;
    }
    duplex.write(bytes, done);
    // `writableLength` counts what is on its way too: the kernel had room, and took all of it
    // within the call. The callback would come a tick later.
    if (duplex.writableLength === 0 && duplex.writable) done();
  }

  protected override finish(done: Done): void {
    this.duplex.end((error?: Error | null) => {
      done(error);
      if (this.#reading?.isCancelled === true) this.#onCancel();
    });
  }

  protected override destroy(failure: AsyncWriteError): void {
    // With an error, so that the other end of an in-memory pair does not see a clean end.
    this.duplex.destroy(failure);
  }

  /** For implementors: drops what a closed connection still holds, when nobody waits for the peer any more. */
  protected drop(): void {
    this.duplex.destroy();
  }

  /** With both directions over for their owner, nothing is left to wait for but the peer. */
  #onCancel(): void {
    if (this.state === "closed") this.#release(undefined);
  }

  #release(reason: unknown): void {
    if (this.#failure !== undefined) return;
    const message = `${this}: aborted`;
    this.#failure = new AsyncWriteError("ERR_AW_ABORTED", message, { cause: reason });
    this.#reading?.fail(this.#failure);
    this.#reading?.release();
    linger(this.duplex, this.#linger, () => this.drop());
  }

  #onClose(): void {
    if (this.state === "closed") return;
    const message = `${this}: the connection is closed; connect again`;
    this.fail(new AsyncWriteError("ERR_AW_BROKEN_PIPE", message));
  }
}
