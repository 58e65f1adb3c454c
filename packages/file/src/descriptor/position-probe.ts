import { closeSync, openSync, readSync } from "node:fs";
import { AsyncWriteError } from "@aw/core";
import { sleep } from "./sleep.ts";

/** How long a call of the thread pool may last before waiting for it is given up. */
const PATIENCE_MS = 5000;
const INTERVAL_MS = 0.1;

const buffer = Buffer.alloc(64);

/**
 * Sees that a call of the thread pool has written, without its callback: the position of the open
 * file has moved. Linux tells it; elsewhere there is no way.
 */
export class PositionProbe {
  /** Whether the system tells where an open file stands. */
  static works(fd: number): boolean {
    return positionOf(fd) !== undefined;
  }

  #fd = -1;
  #before = 0;
  #length = 0;

  /** A write of `bufs` is about to begin. */
  begin(fd: number, bufs: readonly Uint8Array[]): void {
    this.#fd = fd;
    this.#before = positionOf(fd) ?? 0;
    this.#length = 0;
    for (const buf of bufs) this.#length += buf.length;
  }

  /** Stops this thread until the call has written; returns how many bytes it wrote. */
  wait(): number {
    const before = this.#before;
    for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline;) {
      const moved = (positionOf(this.#fd) ?? before) - before;
      // It moves by more than was written when others append too, or at the first write.
      if (moved !== 0) return moved > 0 ? Math.min(moved, this.#length) : this.#length;
      sleep(INTERVAL_MS);
    }
    const message = `flushSync: the write under way did not end in ${PATIENCE_MS} ms: is the disk full?`;
    throw new AsyncWriteError("ERR_AW_TIMEOUT", message);
  }
}

/** Where an open file stands, in bytes; undefined if the system does not tell. */
function positionOf(fd: number): number | undefined {
  let info;
  try {
    info = openSync(`/proc/self/fdinfo/${fd}`, "r");
  } catch {
    // Not Linux, or a sandbox without /proc.
    return undefined;
  }
  try {
    const length = readSync(info, buffer);
    return Number(/^pos:\s*(\d+)/.exec(buffer.toString("latin1", 0, length))?.[1]);
  } finally {
    closeSync(info);
  }
}
