import type { AsyncWriteError, Done, TransformControl, Transformer } from "@aw/core";
import { spend } from "@aw/core/implementor";
import type { CoderFailure } from "./coder.ts";
import { decodeError } from "./decode-error.ts";
import type { CheckedDecode } from "./decode-options.ts";
import type { Format, MemberDecoder } from "./format.ts";
import { MemberFinder } from "./member-finder.ts";
import { exceeds } from "./output-guard.ts";

/** No more bytes than this are looked at in one go, so that none takes long. */
const MAX_PIECE = 256 * 1024;

const NOTHING = new Uint8Array(0);

/**
 * A decompressor: one member or frame after another.
 *
 * Fails with `ERR_AW_CORRUPT` on what is not the format, with `ERR_AW_TRUNCATED` at the end of an
 * input that ends early, and with `ERR_AW_LIMIT`.
 */
export class Decoder implements Transformer {
  readonly #label: string;
  readonly #options: CheckedDecode;
  readonly #finder: MemberFinder;
  #control!: TransformControl;
  /** Decodes all members; made with the first one. */
  #decoder: MemberDecoder | undefined;
  #place: "between" | "member" | "after" = "between";
  /** What is left of the block, and what to call when nothing is. */
  #rest: Uint8Array = NOTHING;
  #done: Done | undefined;
  /** How many bytes of input are done with. */
  #used = 0;
  /** How many bytes of input the ratio may count. */
  #given = 0;
  #trailingBytes = 0;

  /** @param label what it is called in messages */
  constructor(label: string, formats: readonly [Format, ...Format[]], options: CheckedDecode) {
    this.#label = label;
    this.#options = options;
    this.#finder = new MemberFinder(formats);
  }

  /** How many bytes came after the end, with `trailing: "report"`. */
  get trailingBytes(): number {
    return this.#trailingBytes;
  }

  /** The name of the format, once it is known. */
  get format(): string | undefined {
    return this.#finder.format?.name;
  }

  start(control: TransformControl): void {
    this.#control = control;
    const { format } = this.#finder;
    if (format !== undefined) this.#begin(format);
  }

  transform(block: Uint8Array, done: Done): void {
    this.#rest = block;
    this.#done = done;
    this.#given = this.#used + block.length;
    this.#goOn();
  }

  finish(done: Done): void {
    const { held } = this.#finder;
    if (this.#decoder === undefined) {
      done(this.#error({ kind: "truncated", message: "its format was known" }, 0));
    } else if (held.length > 0 && !this.#options.report) {
      const message = "the end of what begins like a further member";
      done(this.#error({ kind: "truncated", message }, 0));
    } else {
      this.#trailingBytes += held.length;
      this.#decoder.finish((failure) => done(failure && this.#error(failure, 0)));
    }
  }

  resume(): void {
    this.#decoder?.resume();
  }

  release(): void {
    this.#decoder?.destroy();
    this.#finder.forget();
    this.#rest = NOTHING;
    this.#done = undefined;
  }

  toString(): string {
    return this.#label;
  }

  /** A loop and not a recursion: a block may hold thousands of members. */
  #goOn(): void {
    while (this.#rest.length > 0 && this.#control.state !== "failed") {
      const before = this.#used;
      if (this.#place === "member") {
        if (!this.#decode()) return;
      } else if (this.#place === "between") this.#lookForMember();
      else this.#passOver();
      const turn = spend(1 + ((this.#used - before) >>> 8));
      if (turn !== undefined) {
        void turn.then(() => this.#goOnLater());
        return;
      }
    }
    const done = this.#done;
    this.#done = undefined;
    done?.();
  }

  /** Not within a step of the engine, so nobody else catches what is thrown. */
  #goOnLater(): void {
    try {
      this.#goOn();
    } catch (error) {
      this.#control.fail(error);
    }
  }

  /** Decodes a piece. Returns false if that has to be waited for. */
  #decode(): boolean {
    const piece = this.#rest.subarray(0, MAX_PIECE);
    let isDone = false;
    let isWaiting = false;
    this.#decoder?.write(piece, (failure, used, ended) => {
      isDone = true;
      if (failure !== undefined) {
        this.#control.fail(this.#error(failure, piece.length));
        return;
      }
      this.#take(used);
      if (ended) this.#place = this.#finder.format?.repeats === true ? "between" : "after";
      if (isWaiting) this.#goOnLater();
    });
    isWaiting = !isDone;
    return isDone;
  }

  /** What is not part of a member: padding, the beginning of one, or the end. */
  #lookForMember(): void {
    if (this.#finder.format?.padding === true && this.#finder.held.length === 0) {
      this.#skipZeros();
      if (this.#rest.length === 0 || this.#rest[0] === 0) return;
    }
    const found = this.#finder.find(this.#take(this.#rest.length));
    if (found.kind === "more") return;
    // The bytes that were held, and all that is left.
    this.#rest = found.bytes;
    this.#used -= found.bytes.length;
    if (found.kind === "member") {
      this.#begin(found.format);
    } else if (this.#decoder === undefined) {
      const message = `this is none of ${this.#finder.names}`;
      this.#control.fail(this.#error({ kind: "corrupt", message, at: 0 }, 0));
    } else {
      this.#place = "after";
    }
  }

  #begin(format: Format): void {
    this.#place = "member";
    if (this.#decoder === undefined) this.#decoder = format.decoder((chunk) => this.#put(chunk));
    else this.#decoder.restart();
  }

  #skipZeros(): void {
    const end = Math.min(this.#rest.length, MAX_PIECE);
    let zeros = 0;
    while (zeros < end && this.#rest[zeros] === 0) zeros++;
    this.#take(zeros);
  }

  /** Bytes after the end. */
  #passOver(): void {
    if (this.#options.report) {
      this.#trailingBytes += this.#take(this.#rest.length).length;
    } else {
      const message = "there is garbage after the end";
      this.#control.fail(this.#error({ kind: "corrupt", message, at: 0 }, 0));
    }
  }

  /** The next bytes of input, which are done with. */
  #take(count: number): Uint8Array {
    const bytes = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    this.#used += bytes.length;
    return bytes;
  }

  #put(chunk: Uint8Array): boolean {
    const failure = exceeds(this.#options, this.#control.bytesOut + chunk.length, this.#given);
    if (failure === undefined) return this.#control.push(chunk);
    this.#control.fail(this.#error(failure, 0));
    return false;
  }

  #error(failure: CoderFailure, length: number): AsyncWriteError {
    return decodeError(String(this.#control), failure, { start: this.#used, length });
  }
}
