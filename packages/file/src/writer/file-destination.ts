import {
  AsyncWriteError,
  type AsyncWriteErrorCode,
  type CompletionControl,
  type Destination,
  type Done,
} from "@aw/core";
import { channels, publishError, type FileCloseEvent } from "../descriptor/diagnostics.ts";
import { isFailure } from "../descriptor/done.ts";
import type { Durability } from "../descriptor/io.ts";
import type { Output } from "../descriptor/output.ts";
import { writeAllNow } from "../descriptor/write-all-now.ts";
import { WholeLines } from "./whole-lines.ts";

export interface FileDestinationOptions {
  /** What it is called in `toString` and in messages: "file app.log". */
  label: string;
  output: Output;
  durability: Durability;
  /** Of writes that take whole lines only, the max length of such a line, in bytes. Default: none do. */
  longestLine?: number | undefined;
  /** Whether the process ends, quietly, when the reader of the pipe has gone. */
  exitsOnBrokenPipe?: boolean | undefined;
}

/** Where the bytes of a `FileWriter` leave to: an output, in whole lines if it is shared. */
export class FileDestination implements Destination {
  output: Output;
  protected readonly lines: WholeLines | undefined;
  readonly #label: string;
  readonly #durability: Durability;
  readonly #exitsOnBrokenPipe: boolean;
  readonly #opened: number = performance.now();
  #control!: CompletionControl;

  constructor(options: FileDestinationOptions) {
    const { label, output, durability, longestLine, exitsOnBrokenPipe = false } = options;
    this.output = output;
    this.lines = longestLine === undefined ? undefined : new WholeLines(longestLine);
    this.#label = label;
    this.#durability = durability;
    this.#exitsOnBrokenPipe = exitsOnBrokenPipe;
  }

  start(control: CompletionControl): void {
    this.#control = control;
  }

  transmit(bytes: Uint8Array, done: Done): void {
    this.#write(this.lines === undefined ? [bytes] : this.lines.take(bytes), done);
  }

  commit(done: Done): void {
    this.#write(this.lines?.rest() ?? [], (error) => {
      if (isFailure(error)) done(error);
      else this.output.sync(this.#durability, done);
    });
  }

  beginClose(): void {
    this.output.beginClose();
  }

  finish(done: Done): void {
    this.output.close((error) => {
      // After a failure `destroy` follows.
      if (!isFailure(error)) this.#publishClose();
      done(error);
    });
  }

  destroy(failure: AsyncWriteError): void {
    publishError(this.#label, failure);
    this.lines?.forget();
    this.output.drop(() => this.#publishClose(failure));
    const isBroken = failure.code === "ERR_AW_BROKEN_PIPE";
    if (this.#exitsOnBrokenPipe && isBroken) process.exit(SIGPIPE_CODE);
  }

  toString(): string {
    return this.#label;
  }

  /**
   * Writes synchronously what was accepted. The start of a line that has no end yet waits on.
   *
   * @throws AsyncWriteError the failure of the writer, or that the write in flight can't be waited for
   */
  drainLines(): void {
    this.#drain(false, (bytes) => this.lines?.take(bytes));
  }

  /** Writes synchronously all that was accepted. Throws as {@link FileDestination.drainLines} does. */
  drainAll(): void {
    this.#drain(true, (bytes) => this.lines?.rest(bytes));
  }

  /** Does what a flush does, synchronously. Throws as {@link FileDestination.drainLines} does. */
  flushNow(): void {
    this.drainAll();
    if (this.#control.state === "closed") return;
    try {
      this.output.syncNow(this.#durability);
    } catch (error) {
      throw this.#control.fail(error);
    }
  }

  #publishClose(error?: AsyncWriteError): void {
    if (!channels.close.hasSubscribers) return;
    channels.close.publish({
      name: this.#label,
      duration: performance.now() - this.#opened,
      bytesWritten: this.output.bytesWritten,
      error,
    } satisfies FileCloseEvent);
  }

  #write(bufs: readonly Uint8Array[], done: Done): void {
    if (bufs.length === 0) done();
    else this.output.write(bufs, done);
  }

  /** Writes what `cut` says of the gathered bytes: all of them, unless lines are written whole. */
  #drain(
    isPressing: boolean,
    cut: (gathered: Uint8Array) => readonly Uint8Array[] | undefined,
  ): void {
    const { state } = this.#control;
    if (state === "closed") return;
    try {
      if (state !== "failed") this.output.settle(isPressing);
      this.#control.drainNow((gathered) => writeAllNow(this.output, cut(gathered) ?? [gathered]));
      // The start of a line, with nothing gathered after it.
      if (isPressing) writeAllNow(this.output, this.lines?.rest() ?? []);
    } catch (error) {
      if (AsyncWriteError.is(error) && HARMLESS.has(error.code)) throw error;
      throw this.#control.fail(error);
    }
  }
}

/** What shells report of a program that SIGPIPE has ended. */
const SIGPIPE_CODE = 141;

/** What leaves everything as it is. */
const HARMLESS: ReadonlySet<AsyncWriteErrorCode> = new Set([
  "ERR_AW_UNSUPPORTED",
  "ERR_AW_TIMEOUT",
]);
