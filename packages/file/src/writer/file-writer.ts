import {
  AsyncWriteError,
  CompletionEngine,
  PENDING,
  Writer,
  type OperationOptions,
} from "@aw/core";
import { channels, type FileEvent } from "../descriptor/diagnostics.ts";
import type { Output } from "../descriptor/output.ts";
import { FileDestination, type FileDestinationOptions } from "./file-destination.ts";
import { Reopening } from "./reopening.ts";
import { SynchronousDestination } from "./synchronous-destination.ts";

export interface FileWriterOptions extends FileDestinationOptions {
  /** The max bytes of one write, and so of each of two slabs. Default: 256 KiB. */
  capacity?: number | undefined;
  /** Whether writes of `output` call back before they return, always. */
  synchronous: boolean;
  /** Goes on with a new file of the same name; resolves once the one before is closed. */
  reopen?: (() => Promise<void>) | undefined;
}

/** Puts something between a writer and its output; for this package alone. */
export let wrapOutput: (writer: FileWriter, wrap: (output: Output) => Output) => void;

/** Writes into an open file. Made by `open`, `rotating`, `fromFd`, `stdout` and `stderr`. */
export class FileWriter extends Writer {
  readonly #engine: CompletionEngine;
  readonly #destination: FileDestination;
  readonly #reopen: (() => Promise<void>) | undefined;
  /** Those that wait for their turn, in order. */
  readonly #reopenings = new Set<Reopening>();

  static {
    wrapOutput = (writer, wrap) => {
      const destination = writer.#destination;
      destination.output = wrap(destination.output);
    };
  }

  constructor(options: FileWriterOptions) {
    const { synchronous, capacity, reopen } = options;
    const destination = new (synchronous ? SynchronousDestination : FileDestination)(options);
    const engine = new CompletionEngine(destination, { capacity });
    super(engine);
    this.#engine = engine;
    this.#destination = destination;
    this.#reopen = reopen;
    if (!channels.open.hasSubscribers) return;
    channels.open.publish({ name: options.label } satisfies FileEvent);
  }

  /**
   * Whether {@link FileWriter.flushSync} and {@link FileWriter.writeSync} work at any moment. Where
   * not, they throw `ERR_AW_UNSUPPORTED` while the thread pool writes: to pipes, terminals and
   * descriptors that others may share; outside Linux to files that are appended to. With
   * `io: "sync"` they always do.
   */
  get isExitSafe(): boolean {
    return this.#destination.output.settles;
  }

  /**
   * Does what flush does before it returns, also while the thread pool writes: no byte is lost,
   * doubled or out of order. For the moments that can't wait: `process.on("exit")`.
   *
   * @throws AsyncWriteError the failure of the writer; `ERR_AW_UNSUPPORTED` if it is not
   * {@link FileWriter.isExitSafe}; `ERR_AW_TIMEOUT` if the thread pool does not come to an end with
   * appending to a file in 5 seconds
   */
  flushSync(): void {
    this.#destination.flushNow();
  }

  /**
   * Takes all of `data` now, a string as UTF-8. Where `tryWrite` has no room, it writes to the file
   * synchronously, and blocks as long as that lasts. A flush or reopen that waits is no obstacle:
   * `data` comes after it.
   *
   * @throws AsyncWriteError as `tryWrite` and {@link FileWriter.flushSync} do; `ERR_AW_UNSUPPORTED`
   * while an earlier `write` or `writeAll` still waits
   */
  writeSync(data: Uint8Array | string): void {
    let rest = typeof data === "string" ? Buffer.from(data) : data;
    // In order: what comes after a reopen belongs into the new file.
    if (this.#reopenings.size > 0) this.#reopenNow();
    rest = rest.subarray(this.tryWritePast(rest));
    while (rest.length > 0) {
      this.#destination.drainLines();
      const n = this.tryWritePast(rest);
      if (n === 0) {
        const message = `${this}: writeSync can't overtake a write that waits; await that first`;
        throw new AsyncWriteError("ERR_AW_UNSUPPORTED", message);
      }
      rest = rest.subarray(n);
    }
  }

  /**
   * Opens the file of that name anew, for others who rotate it: after `mv app.log app.log.1`.
   * Resolves once the new file is in use and the old one closed. In order: what was written before
   * this call is in the old file, what comes after it in the new one.
   *
   * Rejects with `ERR_AW_UNSUPPORTED` unless the file was opened to append. If the new one can't be
   * opened (`ERR_AW_IO`), the old one stays in use. A rejection that nobody handles does not end
   * the process: it is emitted as a warning, so that this is safe in a signal handler.
   */
  reopen(): Promise<void> {
    const result = this.#reopenInTurn();
    // Whoever handles the rejection has it all the same.
    result.catch((error: AsyncWriteError) => process.emitWarning(error.message, WARNING));
    return result;
  }

  async #reopenInTurn(): Promise<void> {
    const reopen = this.#reopen;
    if (reopen === undefined) {
      const message = `${this}: only a file that was opened with flags "a" can be reopened`;
      throw new AsyncWriteError("ERR_AW_UNSUPPORTED", message);
    }
    const reopening = new Reopening(reopen);
    this.#reopenings.add(reopening);
    try {
      await this.perform((waker) => {
        if (reopening.isBegun) return;
        // As a write would be: only a writer that is open takes this.
        this.pollWrite(waker, EMPTY);
        if (this.pollFlush(waker) === PENDING) return PENDING;
        reopening.begin();
      });
    } finally {
      this.#reopenings.delete(reopening);
    }
    await reopening.ended;
  }

  /** Has the reopenings that wait now, unless they wait for writes. */
  #reopenNow(): void {
    if (this.hasWaitingWrites) return;
    for (const reopening of this.#reopenings) {
      this.#destination.drainAll();
      if (this.state === "open") reopening.begin();
    }
    this.#reopenings.clear();
  }

  /**
   * Resolves once every byte accepted before this call is in the file, and on the disk if the `durability` says
   * so. What {@link FileWriter.writeSync} takes meanwhile is not waited for.
   *
   * Rejects with the failure of the writer, and with `ERR_AW_ABORTED` when the signal fires: what was
   * accepted stays accepted.
   */
  override flush(options?: OperationOptions): Promise<void> {
    const engine = this.#engine;
    let upTo: number | undefined;
    return this.perform((waker) => {
      upTo ??= engine.bytesAccepted;
      const answer = engine.pollFlush(waker);
      // A log that is written all the time is never flushed as a whole.
      return engine.bytesFlushed >= upTo ? undefined : answer;
    }, options);
  }

  override close(options?: OperationOptions): Promise<void> {
    // Operations run in order: one that waits for the end of an outage would keep this one waiting.
    this.#destination.beginClose();
    return super.close(options);
  }
}

const EMPTY = new Uint8Array(0);

const WARNING = "AsyncWriteWarning";
