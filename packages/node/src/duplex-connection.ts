import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import {
  AsyncWriteError,
  CompletionWriter,
  type CompletionWriterOptions,
  type Connection,
  type Done,
} from "@aw/core";
import { readableStreamOf } from "./readable-stream-of.ts";

/** Below this, in bytes, gathering for the next system call is faster, its copy included. */
const LEND = { from: 256 * 1024, atMost: 256 * 1024 };

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
  #readable: ReadableStream<Uint8Array> | undefined;
  #failure: AsyncWriteError | undefined;

  constructor(duplex: Duplex, options?: CompletionWriterOptions) {
    super({ lend: LEND, ...options });
    this.duplex = duplex;
    this.#keepsChunks = !(duplex instanceof Socket);
    // With a listener from the start, no error of an idle connection ends the process.
    duplex.on("error", (error) => this.fail(this.translate(error)));
    duplex.on("close", () => this.#onClose());
  }

  /** The peer's bytes. Until you read, only the duplex's own buffer fills (its highWaterMark). */
  get readable(): ReadableStream<Uint8Array> {
    this.#readable ??= readableStreamOf(this.duplex, () => this.toString(), {
      endError: () => this.endError(),
      closeError: () => this.#failure,
      translate: (error) => this.translate(error),
    });
    return this.#readable;
  }

  /** Drops the connection, both directions, also after `close()`. */
  override abort(reason?: unknown): void {
    super.abort(reason);
    this.duplex.destroy();
  }

  /** Leaving the block lets go of both directions; see `Writer` for what that means to the peer. */
  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    this.duplex.destroy();
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
    this.duplex.end(done);
  }

  protected override destroy(failure: AsyncWriteError): void {
    // With an error, so that the other end of an in-memory pair does not see a clean end.
    this.duplex.destroy(failure);
  }

  #onClose(): void {
    if (this.state === "closed") return;
    const message = `${this}: the connection is closed; connect again`;
    this.fail(new AsyncWriteError("ERR_AW_BROKEN_PIPE", message));
  }
}
