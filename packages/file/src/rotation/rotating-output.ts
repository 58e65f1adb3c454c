import type { Done } from "@aw/core";
import type { Descriptor } from "../descriptor/descriptor.ts";
import { isFailure, stepped } from "../descriptor/done.ts";
import type { Durability } from "../descriptor/io.ts";
import type { Output } from "../descriptor/output.ts";

export interface RotatingOutputOptions {
  file: LogFile;
  maxBytes: number;
  maxAgeMs: number;
  durability: Durability;
  /** Makes the file an old one, and opens the next one. */
  rotate: () => Descriptor;
  /** Waits for what goes on in the background. */
  finish: () => Promise<void>;
  /** Stops what goes on in the background. */
  stop: () => void;
}

/** The file that is written to. */
export interface LogFile {
  descriptor: Descriptor;
  /** In bytes. */
  size: number;
  /** When it was begun, in milliseconds since the epoch. */
  born: number;
}

/** A write that has been begun and not answered. */
interface Write {
  /** What no call has been begun for. */
  rest: Uint8Array;
  done: Done;
}

const NEWLINE = 10;
const NONE = new Uint8Array(0);

/** Writes into one file after another. Each line is in one file. */
export class RotatingOutput implements Output {
  readonly #options: RotatingOutputOptions;
  #file: LogFile;
  #atLineStart = true;
  #write: Write | undefined;
  /** The files before, until they are synced and closed. */
  readonly #retired = new Map<Descriptor, Promise<void>>();

  constructor(options: RotatingOutputOptions) {
    this.#options = options;
    this.#file = options.file;
  }

  get settles(): boolean {
    return this.#file.descriptor.settles;
  }

  write(bufs: readonly Uint8Array[], done: Done): void {
    const write: Write = { rest: NONE, done };
    this.#write = write;
    if (this.#fits(bufs)) {
      this.#account(bufs.at(-1), byteLength(bufs));
      this.#file.descriptor.write(bufs, (error) => this.#wrote(write, error));
    } else {
      write.rest = Buffer.concat(bufs);
      this.#wrote(write);
    }
  }

  writeNow(bufs: readonly Uint8Array[]): number {
    this.writeAllNow(bufs);
    return byteLength(bufs);
  }

  writeAllNow(bufs: readonly Uint8Array[]): void {
    let rest: Uint8Array = Buffer.concat(bufs);
    while (rest.length > 0) {
      const part = this.#nextPart(rest);
      this.#file.descriptor.writeAllNow([part]);
      rest = rest.subarray(part.length);
    }
  }

  settle(): void {
    const write = this.#write;
    if (write === undefined) return;
    this.#file.descriptor.settle();
    this.writeAllNow([write.rest]);
    // The call that was under way is through, though its callback is not.
    this.#write = undefined;
    setImmediate(write.done);
  }

  sync(durability: "data" | "full", done: Done): void {
    const synced = async (): Promise<void> => {
      await stepped((stepDone) => this.#file.descriptor.sync(durability, stepDone));
      await Promise.all(this.#retired.values());
    };
    synced().then(() => done(), done);
  }

  syncNow(durability: "data" | "full"): void {
    for (const descriptor of this.#retired.keys()) descriptor.syncNow(durability);
    this.#file.descriptor.syncNow(durability);
  }

  close(done: Done): void {
    const closed = async (): Promise<void> => {
      await Promise.all(this.#retired.values());
      await stepped((stepDone) => this.#file.descriptor.close(stepDone));
      await this.#options.finish();
    };
    closed().then(() => done(), done);
  }

  drop(): void {
    this.#options.stop();
    this.#file.descriptor.drop();
    for (const descriptor of this.#retired.keys()) descriptor.drop();
  }

  /** A part of `write` was written: goes on with the next one. */
  #wrote(write: Write, error?: unknown): void {
    if (this.#write !== write) return;
    let failure = error;
    if (!isFailure(failure) && write.rest.length > 0) {
      try {
        const part = this.#nextPart(write.rest);
        write.rest = write.rest.subarray(part.length);
        this.#file.descriptor.write([part], (partError) => this.#wrote(write, partError));
        return;
      } catch (thrown) {
        failure = thrown;
      }
    }
    this.#write = undefined;
    write.done(failure);
  }

  /** Whether all of `bufs` can go to the file as it is. */
  #fits(bufs: readonly Uint8Array[]): boolean {
    return this.#file.size + byteLength(bufs) <= this.#options.maxBytes && !this.#isExpired;
  }

  get #isExpired(): boolean {
    const { size, born } = this.#file;
    return size > 0 && Date.now() - born >= this.#options.maxAgeMs;
  }

  /** The start of `bytes` that is for one file; if that is the next file, it is the current one now. */
  #nextPart(bytes: Uint8Array): Uint8Array {
    const { maxBytes } = this.#options;
    const line = bytes.indexOf(NEWLINE) + 1 || bytes.length;
    const isFull = this.#file.size > 0 && this.#file.size + line > maxBytes;
    if (this.#atLineStart && (isFull || this.#isExpired)) this.#rotate();
    const room = this.#isExpired ? 0 : maxBytes - this.#file.size;
    const whole = room > 0 ? bytes.subarray(0, room).lastIndexOf(NEWLINE) + 1 : 0;
    const part = bytes.length <= room ? bytes : bytes.subarray(0, whole || line);
    this.#account(part, part.length);
    return part;
  }

  #account(last: Uint8Array | undefined, length: number): void {
    this.#file.size += length;
    this.#atLineStart = last?.at(-1) === NEWLINE;
  }

  #rotate(): void {
    const { descriptor } = this.#file;
    this.#file = { descriptor: this.#options.rotate(), size: 0, born: Date.now() };
    const retired = this.#retire(descriptor);
    // Rejections are for who waits for all of them, at the next sync or close.
    retired.catch(() => {});
    this.#retired.set(descriptor, retired);
  }

  async #retire(descriptor: Descriptor): Promise<void> {
    const { durability } = this.#options;
    if (durability !== "none") await stepped((done) => descriptor.sync(durability, done));
    await stepped((done) => descriptor.close(done));
    this.#retired.delete(descriptor);
  }
}

function byteLength(bufs: readonly Uint8Array[]): number {
  let total = 0;
  for (const { length } of bufs) total += length;
  return total;
}
