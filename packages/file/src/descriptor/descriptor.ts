import { closeSync, fstatSync, ftruncate, ftruncateSync } from "node:fs";
import { AsyncWriteError, type Done } from "@aw/core";
import { atomicPart } from "./atomic-part.ts";
import { isFailure } from "./done.ts";
import {
  asyncIo,
  syncIo,
  syncNow,
  writeOnce,
  type Durability,
  type Io,
  type Position,
} from "./io.ts";
import type { Output } from "./output.ts";
import { PositionProbe } from "./position-probe.ts";
import { skip } from "./skip.ts";
import { sleep } from "./sleep.ts";
import { isTransient, waitFor } from "./transient.ts";

export interface DescriptorOptions {
  io: "async" | "sync";
  /** Where to begin; null leaves it to the descriptor, as for pipes and for appending. */
  position: Position;
  /** Whether nobody else writes through the same open file. Other openings of it are fine. */
  exclusive: boolean;
  /** Whether `close` closes the descriptor. Default: true. */
  closes?: boolean | undefined;
  /** Whether the file ends where writing ended. */
  truncates?: boolean | undefined;
}

/** A write that has been begun and not answered. */
interface Write {
  /** What the system has not taken yet. */
  rest: readonly Uint8Array[];
  readonly done: Done;
  /** Set while it waits for room in a pipe, and no call is in flight. */
  retry: ReturnType<typeof setTimeout> | undefined;
  waits: number;
  /** Whether `rest` was written synchronously, or failed to be, and the answer of the call is moot. */
  settled: boolean;
}

const NONE: readonly Uint8Array[] = [];

/** An open descriptor: short writes are continued, EINTR is retried, EAGAIN waits. */
export class Descriptor implements Output {
  /** Whether it is seekable: a regular file or a disk. */
  readonly isFile: boolean;
  readonly settles: boolean;
  bytesWritten = 0;
  unwritten: readonly Uint8Array[] = NONE;
  #fd: number;
  readonly #io: Io;
  #position: Position;
  readonly #options: DescriptorOptions;
  #probe: PositionProbe | undefined;
  #write: Write | undefined;
  /** How many calls use the descriptor: its number must not be given back under them. */
  #calls = 0;
  #dropped: (() => void) | undefined;
  #closed = false;

  /** Takes over a descriptor that was just opened: it is closed if that fails. */
  static adopt(fd: number, options: DescriptorOptions): Descriptor {
    try {
      return new Descriptor(fd, options);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  constructor(fd: number, options: DescriptorOptions) {
    const { io, position, exclusive } = options;
    const stats = fstatSync(fd);
    this.isFile = stats.isFile() || stats.isBlockDevice();
    this.#fd = fd;
    this.#io = io === "sync" ? syncIo : asyncIo;
    this.#position = this.isFile ? position : null;
    this.#options = options;
    const needed = io === "async" && this.#position === null;
    this.#probe = needed && this.isFile && exclusive ? PositionProbe.of(fd) : undefined;
    this.settles = !needed || this.#probe !== undefined;
  }

  get fd(): number {
    return this.#fd;
  }

  write(bufs: readonly Uint8Array[], done: Done): void {
    this.#write = { rest: bufs, done, retry: undefined, waits: 0, settled: false };
    this.#attempt(this.#write);
  }

  writeNow(bufs: readonly Uint8Array[]): number {
    let total = 0;
    for (let rest = skip(bufs, 0), waits = 0; rest.length > 0;) {
      try {
        const written = checkProgress(writeOnce(this.#fd, this.#partOf(rest), this.#position));
        total += written;
        this.#advance(written);
        rest = skip(rest, written);
      } catch (error) {
        if (isTransient(error)) sleep(waitFor(error, waits++));
        else if (total === 0) throw error;
        else break;
      }
    }
    return total;
  }

  settle(): void {
    const write = this.#write;
    if (write === undefined || write.settled) return;
    if (write.retry !== undefined) {
      clearTimeout(write.retry);
      write.retry = undefined;
      setImmediate(() => this.#answer(write));
    } else if (this.#position === null) {
      // Writing it again would append it again: the call has to be waited for.
      if (this.#probe === undefined) throw unsettled();
      const written = this.#probe.wait();
      this.#advance(written);
      write.rest = skip(write.rest, written);
    }
    write.settled = true;
    // At a known position the call that is in flight writes the same bytes to the same place.
    try {
      while (write.rest.length > 0) write.rest = skip(write.rest, this.writeNow(write.rest));
    } catch (error) {
      this.unwritten = write.rest;
      throw error;
    }
  }

  sync(durability: Durability, done: Done): void {
    if (durability === "none") return done();
    this.#calls++;
    this.#io.sync(this.#fd, durability, (error) => this.#returned(() => done(error)));
  }

  syncNow(durability: Durability): void {
    if (durability !== "none") syncNow(this.#fd, durability);
  }

  beginClose(): void {}

  close(done: Done): void {
    // Dropped meanwhile: its number may be another file's by now.
    if (this.#closed || this.#dropped !== undefined) return done();
    this.truncate((failure) => {
      if (isFailure(failure)) return done(failure);
      this.#closed = true;
      this.#closeProbe();
      if (this.#options.closes === false) done();
      else this.#io.close(this.#fd, done);
    });
  }

  /** Cuts off what was preallocated and not written. */
  truncate(done: Done): void {
    const end = this.#end;
    if (end === undefined) return done();
    this.#calls++;
    ftruncate(this.#fd, end, (error) => this.#returned(() => done(error)));
  }

  drop(dropped: () => void): void {
    this.#dropped = dropped;
    clearTimeout(this.#write?.retry);
    if (this.#calls === 0) this.#dropNow(dropped);
  }

  /** Goes on with another open file, from its end; returns the descriptor of the one before. */
  swap(fd: number): number {
    const before = this.#fd;
    this.#fd = fd;
    if (this.#probe !== undefined) {
      this.#probe.close();
      this.#probe = PositionProbe.of(fd);
    }
    return before;
  }

  /** Where to cut the file off, in bytes; undefined to leave its length as it is. */
  get #end(): number | undefined {
    return this.#options.truncates === true ? (this.#position ?? undefined) : undefined;
  }

  #attempt(write: Write): void {
    this.#calls++;
    this.#probe?.begin(write.rest);
    this.#io.write(this.#fd, this.#partOf(write.rest), this.#position, (error, written) => {
      this.#returned(() => this.#wrote(write, error, written));
    });
  }

  /** What one system call is given. */
  #partOf(bufs: readonly Uint8Array[]): readonly Uint8Array[] {
    return this.isFile ? bufs : atomicPart(bufs);
  }

  #wrote(write: Write, error: Error | null, written: number): void {
    if (write.settled) return this.#answer(write);
    if (error === null && written > 0) {
      this.#advance(written);
      write.rest = skip(write.rest, written);
      write.waits = 0;
      if (write.rest.length === 0) this.#answer(write);
      else this.#attempt(write);
    } else if (error !== null && isTransient(error)) {
      write.retry = setTimeout(
        () => {
          write.retry = undefined;
          this.#attempt(write);
        },
        waitFor(error, write.waits++),
      );
    } else {
      this.unwritten = write.rest;
      this.#answer(write, error ?? noProgress());
    }
  }

  #answer(write: Write, error?: Error): void {
    if (this.#write === write) this.#write = undefined;
    if (this.#dropped === undefined) write.done(error);
  }

  #returned(then: () => void): void {
    this.#calls--;
    if (this.#dropped === undefined) then();
    else this.#dropNow(this.#dropped);
  }

  #advance(written: number): void {
    this.bytesWritten += written;
    if (this.#position !== null) this.#position += written;
  }

  #dropNow(dropped: () => void): void {
    if (this.#calls > 0) return;
    if (!this.#closed) {
      this.#closed = true;
      this.#closeProbe();
      ignoreErrors(() => {
        const end = this.#end;
        if (end !== undefined) ftruncateSync(this.#fd, end);
      });
      if (this.#options.closes !== false) ignoreErrors(() => closeSync(this.#fd));
    }
    dropped();
  }

  #closeProbe(): void {
    this.#probe?.close();
    this.#probe = undefined;
  }
}

/** For what follows a failure: the writer has failed already, with an earlier error than these. */
function ignoreErrors(action: () => void): void {
  try {
    action();
  } catch {
    // See above.
  }
}

function checkProgress(written: number): number {
  if (written === 0) throw noProgress();
  return written;
}

/** Going on would have no end. */
function noProgress(): AsyncWriteError {
  return new AsyncWriteError("ERR_AW_IO", "the system wrote 0 bytes and gave no reason");
}

function unsettled(): AsyncWriteError {
  return new AsyncWriteError(
    "ERR_AW_UNSUPPORTED",
    'flushSync: the thread pool is writing to a pipe, a terminal or a file that others share, and one can not wait for it; use io: "sync"',
  );
}
