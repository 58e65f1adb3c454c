import type { Done } from "@aw/core";
import { byteLength } from "../descriptor/byte-length.ts";
import type { Descriptor } from "../descriptor/descriptor.ts";
import { isFailure, stepped } from "../descriptor/done.ts";
import type { Durability } from "../descriptor/io.ts";
import { leavesInFlight } from "../descriptor/leaves-in-flight.ts";
import type { Output } from "../descriptor/output.ts";
import type { Limits } from "./limits.ts";
import type { LogFile } from "./log-file.ts";
import type { Rotation } from "./rotation.ts";

export interface RotatingOutputOptions {
  file: LogFile;
  limits: Limits;
  rotation: Rotation;
  durability: Durability;
  /** Called with what kept a rotation from being done, or an old file from being closed. */
  onError: (error: unknown) => void;
  /** Waits for what goes on in the background. */
  finish: () => Promise<void>;
  /** Stops what goes on in the background. */
  stop: () => void;
}

/** A write that has been begun and not answered. */
interface Write {
  /** What a call is in flight for. */
  part: readonly Uint8Array[];
  /** What no call has been begun for. */
  rest: Uint8Array;
  done: Done;
}

const NEWLINE = 10;
const EMPTY = new Uint8Array(0);
const NONE: readonly Uint8Array[] = [];

/** How long to go on with a file after it could not be rotated, and how often to look for it. */
const INTERVAL_MS = 1000;

/** Writes into one file after another. Each line is in one file. */
export class RotatingOutput implements Output {
  unwritten: readonly Uint8Array[] = NONE;
  readonly #options: RotatingOutputOptions;
  #file: LogFile;
  /** How many bytes are in the files before. */
  #writtenBefore = 0;
  #atLineStart = true;
  #write: Write | undefined;
  /** The files before, until they are synced and closed. */
  readonly #retired = new Map<Descriptor, Promise<void>>();
  /** Until when a rotation is put off, on the clock of `performance`. */
  #putOffUntil = -Infinity;
  #lookAgainAt = performance.now() + INTERVAL_MS;

  constructor(options: RotatingOutputOptions) {
    this.#options = options;
    this.#file = options.file;
  }

  get settles(): boolean {
    return this.#file.descriptor.settles;
  }

  get bytesWritten(): number {
    return this.#writtenBefore + this.#file.descriptor.bytesWritten;
  }

  write(bufs: readonly Uint8Array[], done: Done): void {
    const write: Write = { part: NONE, rest: EMPTY, done };
    this.#write = write;
    if (this.#fits(byteLength(bufs))) {
      this.#begin(write, bufs);
    } else {
      write.rest = Buffer.concat(bufs);
      this.#goOn(write);
    }
  }

  writeNow(bufs: readonly Uint8Array[]): number {
    const part = this.#nextPart(Buffer.concat(bufs));
    const written = this.#file.descriptor.writeNow([part]);
    this.#account([part], written);
    return written;
  }

  settle(): void {
    const write = this.#write;
    if (write === undefined) return;
    try {
      this.#file.descriptor.settle();
      this.#account(write.part, byteLength(write.part));
      write.part = NONE;
      while (write.rest.length > 0) write.rest = write.rest.subarray(this.writeNow([write.rest]));
    } catch (error) {
      if (leavesInFlight(error)) throw error;
      this.#failed(write);
      throw error;
    } finally {
      // Of what is not in flight any more, the callback is moot.
      if (write.part.length === 0) this.#answerLater(write);
    }
  }

  sync(durability: Durability, done: Done): void {
    const synced = async (): Promise<void> => {
      await stepped((stepDone) => this.#file.descriptor.sync(durability, stepDone));
      await Promise.all(this.#retired.values());
    };
    synced().then(() => done(), done);
  }

  syncNow(durability: Durability): void {
    for (const descriptor of this.#retired.keys()) descriptor.syncNow(durability);
    this.#file.descriptor.syncNow(durability);
  }

  beginClose(): void {}

  close(done: Done): void {
    const closed = async (): Promise<void> => {
      await Promise.all(this.#retired.values());
      await stepped((stepDone) => this.#file.descriptor.close(stepDone));
      await this.#options.finish();
    };
    closed().then(() => done(), done);
  }

  drop(dropped: () => void): void {
    this.#options.stop();
    const descriptors = [this.#file.descriptor, ...this.#retired.keys()];
    let left = descriptors.length;
    for (const descriptor of descriptors) {
      descriptor.drop(() => {
        if (--left === 0) dropped();
      });
    }
  }

  #begin(write: Write, part: readonly Uint8Array[]): void {
    write.part = part;
    this.#file.descriptor.write(part, (error) => this.#wrote(write, error));
  }

  /** A part of `write` was written: goes on with the next one. */
  #wrote(write: Write, error?: unknown): void {
    if (this.#write !== write) return;
    if (isFailure(error)) {
      this.#failed(write);
      this.#write = undefined;
      write.done(error);
      return;
    }
    this.#account(write.part, byteLength(write.part));
    write.part = NONE;
    this.#goOn(write);
  }

  #goOn(write: Write): void {
    if (write.rest.length === 0) {
      this.#write = undefined;
      write.done();
      return;
    }
    let part;
    try {
      part = this.#nextPart(write.rest);
    } catch (error) {
      this.unwritten = [write.rest];
      this.#write = undefined;
      write.done(error);
      return;
    }
    write.rest = write.rest.subarray(part.length);
    this.#begin(write, [part]);
  }

  /** What the failed part has left, and what comes after it. */
  #failed(write: Write): void {
    const left = write.part.length === 0 ? NONE : this.#file.descriptor.unwritten;
    this.#account(write.part, byteLength(write.part) - byteLength(left));
    write.part = NONE;
    this.unwritten = [...left, write.rest].filter(({ length }) => length > 0);
  }

  #answerLater(write: Write): void {
    this.#write = undefined;
    setImmediate(write.done);
  }

  /** Whether `length` bytes can go to the file as it is. */
  #fits(length: number): boolean {
    const { limits } = this.#options;
    if (performance.now() >= this.#lookAgainAt) return false;
    return this.#file.size + length <= limits.maxBytes && !limits.isExpired(this.#file);
  }

  /** The start of `bytes` that is for one file; if that is the next file, it is the current one now. */
  #nextPart(bytes: Uint8Array): Uint8Array {
    const { limits } = this.#options;
    const line = bytes.indexOf(NEWLINE) + 1 || bytes.length;
    if (this.#atLineStart) {
      const isFull = this.#file.size > 0 && this.#file.size + line > limits.maxBytes;
      if (isFull || limits.isExpired(this.#file) || this.#isGone()) this.#tryRotate();
    }
    if (performance.now() < this.#putOffUntil) return bytes;
    const room = limits.isExpired(this.#file) ? 0 : limits.maxBytes - this.#file.size;
    if (bytes.length <= room) return bytes;
    const whole = room > 0 ? bytes.subarray(0, room).lastIndexOf(NEWLINE) + 1 : 0;
    return bytes.subarray(0, whole || line);
  }

  /** Whether somebody has removed or renamed the log; looked for once in a while. */
  #isGone(): boolean {
    const now = performance.now();
    if (now < this.#lookAgainAt) return false;
    this.#lookAgainAt = now + INTERVAL_MS;
    return !this.#options.rotation.isInPlace(this.#file);
  }

  #account(bufs: readonly Uint8Array[], written: number): void {
    if (written === 0) return;
    this.#file.size += written;
    let end = written;
    for (const buf of bufs) {
      if (end <= buf.length) {
        this.#atLineStart = buf[end - 1] === NEWLINE;
        return;
      }
      end -= buf.length;
    }
  }

  /** Goes on with the file that there is, if it can't be rotated now: a log is no place to fail. */
  #tryRotate(): void {
    if (performance.now() < this.#putOffUntil) return;
    const before = this.#file;
    try {
      this.#file = this.#options.rotation.next(before);
    } catch (error) {
      // What has no name any more is no file to go on with: lines wait.
      if (this.#options.rotation.isDeleted(before)) throw error;
      this.#putOffUntil = performance.now() + INTERVAL_MS;
      this.#options.onError(error);
      return;
    }
    this.#writtenBefore += before.descriptor.bytesWritten;
    const retired = this.#retire(before.descriptor);
    this.#retired.set(before.descriptor, retired);
  }

  async #retire(descriptor: Descriptor): Promise<void> {
    const { durability, onError } = this.#options;
    try {
      await stepped((done) => descriptor.sync(durability, done));
      await stepped((done) => descriptor.close(done));
    } catch (error) {
      onError(error);
      descriptor.drop(() => {});
    }
    this.#retired.delete(descriptor);
  }
}
