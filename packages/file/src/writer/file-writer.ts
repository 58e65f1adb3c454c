import {
  AsyncWriteError,
  CompletionWriter,
  PENDING,
  type AsyncWriteErrorCode,
  type Done,
} from "@aw/core";
import { isFailure } from "../descriptor/done.ts";
import type { Durability } from "../descriptor/io.ts";
import type { Output } from "../descriptor/output.ts";
import { WholeLines } from "./whole-lines.ts";

export interface FileWriterOptions {
  /** What it is called in `toString` and in messages: "file app.log". */
  label: string;
  output: Output;
  durability: Durability;
  /** The most bytes of one write, and so of each of two slabs. Default: 256 KiB. */
  capacity?: number | undefined;
  /** Whether writes of `output` answer before they return, always. */
  synchronous: boolean;
  /** Whether one system call takes whole lines only. */
  wholeLines: boolean;
  /** Whether the process ends, quietly, when the reader of the pipe has gone. */
  exitsOnBrokenPipe?: boolean | undefined;
  /** Goes on with a new file of the same name; resolves once the one before is closed. */
  reopen?: (() => Promise<void>) | undefined;
}

/** Writes into an open file. Made by `open`, `rotating`, `fromFd`, `stdout` and `stderr`. */
export class FileWriter extends CompletionWriter {
  readonly #label: string;
  readonly #output: Output;
  readonly #durability: Durability;
  readonly #lines: WholeLines | undefined;
  readonly #exitsOnBrokenPipe: boolean;
  readonly #reopen: (() => Promise<void>) | undefined;

  constructor(options: FileWriterOptions) {
    super({ synchronous: options.synchronous, capacity: options.capacity });
    this.#label = options.label;
    this.#output = options.output;
    this.#durability = options.durability;
    this.#lines = options.wholeLines ? new WholeLines() : undefined;
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
   * Does what flush does, by this thread, before it returns; also while the thread pool writes: no
   * byte is lost, doubled or out of order. For the moments that can't wait: `process.on("exit")`.
   *
   * @throws AsyncWriteError the failure of the writer; `ERR_AW_UNSUPPORTED` if it is not
   * {@link FileWriter.isExitSafe}; `ERR_AW_TIMEOUT` if the thread pool does not come to an end with
   * appending to a file in 5 seconds
   */
  flushSync(): void {
    this.#drain((bytes) => this.#lines?.rest(bytes));
    if (this.#durability === "none" || this.state === "closed") return;
    try {
      this.#output.syncNow(this.#durability);
    } catch (error) {
      throw this.fail(error);
    }
  }

  /**
   * Takes all of `data` now, a string as UTF-8. Where `tryWrite` has no room, this thread writes to
   * the file itself, and stands still as long as that lasts.
   *
   * @throws AsyncWriteError as `tryWrite` and {@link FileWriter.flushSync} do; `ERR_AW_UNSUPPORTED`
   * while an earlier `write` or `writeAll` still waits
   */
  writeSync(data: Uint8Array | string): void {
    let rest = typeof data === "string" ? Buffer.from(data) : data;
    rest = rest.subarray(this.tryWrite(rest));
    while (rest.length > 0) {
      this.#drain((bytes) => this.#lines?.take(bytes));
      const n = this.tryWrite(rest);
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
   * opened (`ERR_AW_IO`), the old one stays in use.
   */
  async reopen(): Promise<void> {
    const reopen = this.#reopen;
    if (reopen === undefined) {
      const message = `${this}: only a file that was opened with flags "a" can be reopened`;
      throw new AsyncWriteError("ERR_AW_UNSUPPORTED", message);
    }
    const closed = await this.perform((waker) => {
      if (this.state !== "open") this.refuse();
      if (this.pollFlush(waker) === PENDING) return PENDING;
      // In an object: a promise would be waited for in here, with the operations after this one.
      return { oldClosed: reopen() };
    });
    await closed.oldClosed;
  }

  protected override transmit(bytes: Uint8Array, done: Done): void {
    this.#write(this.#lines === undefined ? [bytes] : this.#lines.take(bytes), done);
  }

  protected override transmitNow(bytes: Uint8Array): number {
    if (this.#lines === undefined) return this.#output.writeNow([bytes]);
    this.#output.writeAllNow(this.#lines.take(bytes));
    return bytes.length;
  }

  protected override commit(done: Done): void {
    this.#write(this.#lines?.rest() ?? [], (error) => {
      if (isFailure(error) || this.#durability === "none") done(error);
      else this.#output.sync(this.#durability, done);
    });
  }

  protected override finish(done: Done): void {
    this.#output.close(done);
  }

  protected override destroy({ code }: AsyncWriteError): void {
    this.#lines?.forget();
    this.#output.drop();
    if (this.#exitsOnBrokenPipe && code === "ERR_AW_BROKEN_PIPE") process.exit(SIGPIPE_CODE);
  }

  #write(bufs: readonly Uint8Array[], done: Done): void {
    if (bufs.length === 0) done();
    else this.#output.write(bufs, done);
  }

  /** Writes by this thread what was accepted: all, or what `cut` says of files of whole lines. */
  #drain(cut: (staged: Uint8Array) => readonly Uint8Array[] | undefined): void {
    this.check();
    if (this.state === "closed") return;
    try {
      this.#output.settle();
      const staged = this.staged.view();
      this.#output.writeAllNow(cut(staged) ?? [staged]);
    } catch (error) {
      if (AsyncWriteError.is(error) && HARMLESS.has(error.code)) throw error;
      throw this.fail(error);
    }
    this.staged.release();
    this.unpark();
  }
}

/** What shells report of a program that SIGPIPE has ended. */
const SIGPIPE_CODE = 141;

/** What leaves everything as it is. */
const HARMLESS: ReadonlySet<AsyncWriteErrorCode> = new Set([
  "ERR_AW_UNSUPPORTED",
  "ERR_AW_TIMEOUT",
]);
