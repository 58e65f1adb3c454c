import { close, fstatSync, read } from "node:fs";
import { AsyncWriteError, type Source, type SourceControl } from "@aw/core";
import { isTransient, waitFor } from "../descriptor/transient.ts";

/** Enough to see that nothing follows what the file had when it was opened, in bytes. */
const PROBE = 4096;

/** What a {@link FileSource} reads, and how. */
export interface FileSourceOptions {
  /** What it is called in messages: "file report.csv". */
  readonly label: string;
  /** Where to begin, in bytes; null: where the descriptor stands, for what has no positions. */
  readonly position: number | null;
  /** The max count of bytes that are read in all. */
  readonly max: number;
  /** The max count of bytes of one read. */
  readonly chunkSize: number;
}

/**
 * Reads an open descriptor by the thread pool, one read at a time, into memory that it gives away. EINTR is
 * retried, EAGAIN waits. It closes the descriptor at the end, at a failure, and when it is destroyed: once
 * no read is in flight.
 */
export class FileSource implements Source {
  /** Called once, when nothing more will be read. */
  onOver: (() => void) | undefined;
  readonly #fd: number;
  readonly #options: FileSourceOptions;
  /** How many bytes a regular file had from the start on when it was opened. */
  readonly #known: number;
  #control!: SourceControl;
  #bytesRead = 0;
  #flows = false;
  /** Whether a read is in flight. The descriptor must not be closed under it. */
  #isReading = false;
  #isOver = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #waits = 0;
  /** Memory of a read that brought little. */
  #spare: Uint8Array<ArrayBuffer> | undefined;

  /** @param size the size of a regular file, in bytes; 0 of all else */
  constructor(fd: number, size: number, options: FileSourceOptions) {
    this.#fd = fd;
    this.#options = options;
    this.#known = Math.min(Math.max(0, size - (options.position ?? 0)), options.max);
  }

  start(control: SourceControl): void {
    this.#control = control;
  }

  resume(): void {
    this.#flows = true;
    this.#next();
  }

  pause(): void {
    this.#flows = false;
  }

  destroy(): void {
    this.#finish();
  }

  toString(): string {
    return this.#options.label;
  }

  /** Reads on, unless enough waits. A read in flight calls this when it has returned: it is never called before. */
  #next(): void {
    if (this.#isOver || !this.#flows) return;
    const length = this.#wanted();
    if (length === 0) this.#end();
    else this.#read(this.#memory(length), length);
  }

  /** How many bytes the next read asks for: what is known to be there, or as many as may be. */
  #wanted(): number {
    const { chunkSize, max } = this.#options;
    const left = this.#known - this.#bytesRead;
    const guess = left === 0 && this.#known > 0 ? PROBE : left > 0 ? left : chunkSize;
    return Math.min(guess, chunkSize, max - this.#bytesRead);
  }

  #memory(length: number): Uint8Array<ArrayBuffer> {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare !== undefined && spare.length >= length) return spare;
    return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
  }

  #read(memory: Uint8Array<ArrayBuffer>, length: number): void {
    const { position } = this.#options;
    this.#isReading = true;
    const at = position === null ? null : position + this.#bytesRead;
    read(this.#fd, memory, 0, length, at, (error, count) => {
      this.#isReading = false;
      if (this.#isOver) this.#close();
      else if (error !== null) this.#failed(error);
      else if (count === 0) this.#end();
      else this.#push(memory, count);
    });
  }

  #push(memory: Uint8Array<ArrayBuffer>, count: number): void {
    this.#waits = 0;
    this.#bytesRead += count;
    // A few bytes must not keep much memory.
    const isMost = 2 * count >= memory.length;
    if (!isMost) this.#spare = memory;
    this.#control.push(isMost ? memory.subarray(0, count) : memory.slice(0, count));
    this.#next();
  }

  #failed(error: Error): void {
    if (isTransient(error)) {
      this.#retry = setTimeout(() => this.#next(), waitFor(error, this.#waits++));
      return;
    }
    this.#control.fail(AsyncWriteError.from(error, `${this.#options.label}: read`));
    this.#finish();
  }

  #end(): void {
    if (this.#wasCut()) {
      const message = `${this.#options.label}: it was cut to less while it was read`;
      this.#control.fail(new AsyncWriteError("ERR_AW_TRUNCATED", message));
    } else {
      this.#control.end();
    }
    this.#finish();
  }

  /** Whether a regular file has less than it had. Those of the kernel say a size that they never had. */
  #wasCut(): boolean {
    if (this.#bytesRead >= this.#known) return false;
    return fstatSync(this.#fd).size < (this.#options.position ?? 0) + this.#known;
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#spare = undefined;
    this.onOver?.();
    clearTimeout(this.#retry);
    if (!this.#isReading) this.#close();
  }

  #close(): void {
    // Nothing was written, so whatever close says is about nothing.
    close(this.#fd, () => {});
  }
}
