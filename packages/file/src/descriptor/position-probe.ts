import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { AsyncWriteError } from "@aw/core";
import { byteLength } from "./byte-length.ts";
import { sleep } from "./sleep.ts";

/** How long a call of the thread pool may last before waiting for it is given up. */
const PATIENCE_MS = 5000;
const INTERVAL_MS = 0.1;

const NONE: readonly Uint8Array[] = [];
const buffer = Buffer.alloc(64);

/**
 * Sees that a call of the thread pool has appended, and how much, without its callback: the
 * position of the open file has moved. Linux tells it; elsewhere there is no way.
 */
export class PositionProbe {
  /** A probe of `fd`, or undefined if the system does not tell where an open file stands. */
  static of(fd: number): PositionProbe | undefined {
    let info;
    try {
      // Kept open: when it is needed, a process that crashes may be out of descriptors.
      info = openSync(`/proc/self/fdinfo/${fd}`, "r");
    } catch {
      // Not Linux, or a sandbox without /proc.
      return undefined;
    }
    return new PositionProbe(fd, info);
  }

  readonly #fd: number;
  readonly #info: number;
  #bufs = NONE;
  /** Where the open file stood, and how long the file was, before the call. */
  #position = 0;
  #size = 0;

  private constructor(fd: number, info: number) {
    this.#fd = fd;
    this.#info = info;
  }

  /** A write of `bufs` is about to begin. */
  begin(bufs: readonly Uint8Array[]): void {
    this.#bufs = bufs;
    this.#position = this.#read();
    // A file that was opened to append stands at 0 until its first write.
    this.#size = fstatSync(this.#fd).size;
  }

  /** Blocks until the call has written; returns how many bytes it wrote. */
  wait(): number {
    for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline;) {
      const position = this.#read();
      if (position !== this.#position) return this.#writtenUpTo(position);
      // Others have cut the file off, and what was written has come to end where it ended before.
      if (fstatSync(this.#fd).size < this.#size && position > 0) {
        const length = byteLength(this.#bufs);
        if (position >= length && this.#match(position, length, length) === length) return length;
      }
      sleep(INTERVAL_MS);
    }
    const message = `flushSync: the write in flight did not end in ${PATIENCE_MS} ms: is the disk full, or not reachable?`;
    throw new AsyncWriteError("ERR_AW_TIMEOUT", message);
  }

  close(): void {
    closeSync(this.#info);
  }

  /** How much of the write is in front of `end`, where it stopped. */
  #writtenUpTo(end: number): number {
    const length = byteLength(this.#bufs);
    const start = Math.max(this.#position, this.#size);
    // In front of the start, the file was cut off underneath. Else it is the count of bytes, if
    // nobody else has appended.
    const most = Math.min(length, end > start ? end - start : end);
    if (end - start === length) return length;
    if (this.#match(end, most, most) === most) return most;
    // Cut off underneath, and longer than before by what was written since.
    if (end >= length && this.#match(end, length, length) === length) return length;
    return this.#match(end, most) ?? most;
  }

  /** How many of the first bytes are in the file in front of `end`: the max from `least` to `most`. */
  #match(end: number, most: number, least = 1): number | undefined {
    const bytes = Buffer.concat(this.#bufs);
    const tail = this.#tail(end, most);
    for (let count = tail?.length ?? 0; tail !== undefined && count >= least; count--) {
      if (tail.subarray(tail.length - count).equals(bytes.subarray(0, count))) return count;
    }
    return undefined;
  }

  /** The `length` bytes of the file in front of `end`; undefined if it can't be read. */
  #tail(end: number, length: number): Buffer | undefined {
    let fd;
    try {
      // The same file, whatever its name is now; the descriptor itself is only for writing.
      fd = openSync(`/proc/self/fd/${this.#fd}`, "r");
    } catch {
      return undefined;
    }
    try {
      const tail = Buffer.alloc(length);
      return readSync(fd, tail, 0, length, end - length) === length ? tail : undefined;
    } finally {
      closeSync(fd);
    }
  }

  #read(): number {
    const length = readSync(this.#info, buffer, 0, buffer.length, 0);
    const position = Number(/^pos:\s*(\d+)/.exec(buffer.toString("latin1", 0, length))?.[1]);
    if (Number.isNaN(position)) {
      throw new AsyncWriteError(
        "ERR_AW_IO",
        "flushSync: /proc does not tell where the file stands",
      );
    }
    return position;
  }
}
