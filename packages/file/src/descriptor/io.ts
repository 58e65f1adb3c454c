import {
  close,
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsync,
  fsyncSync,
  write,
  writev,
  writeSync,
  writevSync,
} from "node:fs";
import type { Done } from "@aw/core";

/** What flush promises beyond "the kernel has it". */
export type Durability = "none" | "data" | "full";

/** Where to write, in bytes; null: where the descriptor stands. */
export type Position = number | null;

type Written = (error: Error | null, written: number) => void;

/** The system calls of a writer. Both kinds call back: one later, one before it returns. */
export interface Io {
  /** One `write(2)` or, of several buffers, `writev(2)`; it may write less than all. */
  write(fd: number, bufs: readonly Uint8Array[], position: Position, done: Written): void;
  sync(fd: number, durability: "data" | "full", done: Done): void;
  close(fd: number, done: Done): void;
}

/** In the thread pool. */
export const asyncIo: Io = {
  write(fd, bufs, position, done) {
    const [first] = bufs as [Uint8Array];
    // The length is said: without one, Bun does not heed the position.
    if (bufs.length === 1) write(fd, first, 0, first.length, position, done);
    else writev(fd, bufs, position, done);
  },
  sync(fd, durability, done) {
    if (durability === "data") fdatasync(fd, done);
    else fsync(fd, done);
  },
  close,
};

/** Synchronously. */
export const syncIo: Io = {
  write(fd, bufs, position, done) {
    let written = 0;
    let failure: unknown = null;
    try {
      written = writeOnce(fd, bufs, position);
    } catch (error) {
      failure = error;
    }
    done(failure as Error | null, written);
  },
  sync(fd, durability, done) {
    attempt(() => syncNow(fd, durability), done);
  },
  close(fd, done) {
    attempt(() => closeSync(fd), done);
  },
};

/** One `write(2)` or `writev(2)`, synchronously. Returns how many bytes it wrote. */
export function writeOnce(fd: number, bufs: readonly Uint8Array[], position: Position): number {
  const [first] = bufs as [Uint8Array];
  if (bufs.length === 1) return writeSync(fd, first, 0, first.length, position);
  return writevSync(fd, bufs, position ?? undefined);
}

export function syncNow(fd: number, durability: "data" | "full"): void {
  if (durability === "data") fdatasyncSync(fd);
  else fsyncSync(fd);
}

function attempt(work: () => void, done: Done): void {
  let failure: unknown;
  try {
    work();
  } catch (error) {
    failure = error;
  }
  done(failure);
}
