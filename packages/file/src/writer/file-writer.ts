import {
  AsyncWriteError,
  CompletionWriter,
  PENDING,
  type AsyncWriteErrorCode,
  type Done,
  type OperationOptions,
  type Poll,
  type Waker,
} from "@aw/core";
import { byteLength } from "../descriptor/byte-length.ts";
import { isFailure } from "../descriptor/done.ts";
import type { Durability } from "../descriptor/io.ts";
import type { Output } from "../descriptor/output.ts";
import { skip } from "../descriptor/skip.ts";
import { writeAllNow } from "../descriptor/write-all-now.ts";
import { Reopening } from "./reopening.ts";
import { WholeLines } from "./whole-lines.ts";

export interface FileWriterOptions {
  /** What it is called in `toString` and in messages: "file app.log". */
  label: string;
  output: Output;
  durability: Durability;
  /** The max bytes of one write, and so of each of two slabs. Default: 256 KiB. */
  capacity?: number | undefined;
  /** Whether writes of `output` answer before they return, always. */
  synchronous: boolean;
  /** Of writes that take whole lines only, the max length of such a line, in bytes. Default: none do. */
  longestLine?: number | undefined;
  /** Whether the process ends, quietly, when the reader of the pipe has gone. */
  exitsOnBrokenPipe?: boolean | undefined;
  /** Goes on with a new file of the same name; resolves once the one before is closed. */
  reopen?: (() => Promise<void>) | undefined;
}

/** Puts something between a writer and its output; for this package alone. */
export let wrapOutput: (writer: FileWriter, wrap: (output: Output) => Output) => void;

/** Writes into an open file. Made by `open`, `rotating`, `fromFd`, `stdout` and `stderr`. */
export class FileWriter extends CompletionWriter {
  readonly #label: string;
  #output: Output;
  readonly #durability: Durability;
  readonly #lines: WholeLines | undefined;
  readonly #exitsOnBrokenPipe: boolean;
  readonly #reopen: (() => Promise<void>) | undefined;
  /** Those that wait for their turn, in order. */
  readonly #reopenings = new Set<Reopening>();

  static {
    wrapOutput = (writer, wrap) => (writer.#output = wrap(writer.#output));
  }

  constructor(options: FileWriterOptions) {
    super({ synchronous: options.synchronous, capacity: options.capacity });
    this.#label = options.label;
    this.#output = options.output;
    this.#durability = options.durability;
    const { longestLine } = options;
    this.#lines = longestLine === undefined ? undefined : new WholeLines(longestLine);
    this.#exitsOnBrokenPipe = options.exitsOnBrokenPipe ?? false;
    this.#reopen = options.reopen;
  }

  override toString(): string {
    return this.#label;
  }

  /**
   * Whether {@link FileWriter.flushSync} and {@link FileWriter.writeSync} work at any moment. Where
   * not, they throw `ERR_AW_UNSUPPORTED` while the thread pool writes: to pipes, terminals and
   * descriptors that others may share; outside Linux to files that are appended to. With
   * `io: "sync"` they always do.
   */
  get isExitSafe(): boolean {
    return this.#output.settles;
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
    this.#drain(true, (bytes) => this.#lines?.rest(bytes));
    if (this.state === "closed") return;
    try {
      this.#output.syncNow(this.#durability);
    } catch (error) {
      throw this.fail(error);
    }
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
      this.#drain(false, (bytes) => this.#lines?.take(bytes));
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
        if (this.state !== "open") this.refuse();
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
      this.#drain(true, (bytes) => this.#lines?.rest(bytes));
      if (this.state === "open") reopening.begin();
    }
    this.#reopenings.clear();
  }

  override close(options?: OperationOptions): Promise<void> {
    // Operations run in order: one that waits for the end of an outage would keep this one waiting.
    this.#output.beginClose();
    return super.close(options);
  }

  override pollClose(waker: Waker): Poll<void> {
    this.#output.beginClose();
    return super.pollClose(waker);
  }

  protected override transmit(bytes: Uint8Array, done: Done): void {
    this.#write(this.#lines === undefined ? [bytes] : this.#lines.take(bytes), done);
  }

  protected override transmitNow(bytes: Uint8Array): number {
    if (this.#lines === undefined) return this.#output.writeNow([bytes]);
    const held = this.#lines.length;
    const bufs = this.#lines.take(bytes);
    if (bufs.length === 0) return bytes.length;
    // What was held before was accepted before: a failure must not count for these bytes, nor part
    // of these be thrown for (AW-WRITE-6).
    let written = 0;
    do written += this.#output.writeNow(skip(bufs, written));
    while (written <= held);
    if (written === byteLength(bufs)) return bytes.length;
    this.#lines.forget();
    return written - held;
  }

  protected override commit(done: Done): void {
    this.#write(this.#lines?.rest() ?? [], (error) => {
      if (isFailure(error)) done(error);
      else this.#output.sync(this.#durability, done);
    });
  }

  protected override finish(done: Done): void {
    this.#output.close(done);
  }

  protected override destroy({ code }: AsyncWriteError): void {
    this.#lines?.forget();
    this.#output.drop(() => {});
    if (this.#exitsOnBrokenPipe && code === "ERR_AW_BROKEN_PIPE") process.exit(SIGPIPE_CODE);
  }

  #write(bufs: readonly Uint8Array[], done: Done): void {
    if (bufs.length === 0) done();
    else this.#output.write(bufs, done);
  }

  /** Writes synchronously what was accepted: all, or what `cut` says of files of whole lines. */
  #drain(
    isPressing: boolean,
    cut: (staged: Uint8Array) => readonly Uint8Array[] | undefined,
  ): void {
    this.check();
    if (this.state === "closed") return;
    try {
      this.#output.settle(isPressing);
      const staged = this.staged.view();
      if (staged.length > 0) this.markUncommitted();
      writeAllNow(this.#output, cut(staged) ?? [staged]);
    } catch (error) {
      if (AsyncWriteError.is(error) && HARMLESS.has(error.code)) throw error;
      throw this.fail(error);
    }
    this.staged.release();
    this.unpark();
  }
}

const WARNING = "AsyncWriteWarning";

/** What shells report of a program that SIGPIPE has ended. */
const SIGPIPE_CODE = 141;

/** What leaves everything as it is. */
const HARMLESS: ReadonlySet<AsyncWriteErrorCode> = new Set([
  "ERR_AW_UNSUPPORTED",
  "ERR_AW_TIMEOUT",
]);
