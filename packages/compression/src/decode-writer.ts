import { TransformWriter, type AsyncWrite, type AsyncWriteError, type Done } from "@aw/core";
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
 * A decompressor in front of an inner writer: one member or frame after another. What can be decoded
 * goes on at the end of the turn in which it came.
 *
 * Fails with `ERR_AW_CORRUPT` on what is not the format, with `ERR_AW_TRUNCATED` at close if the
 * input ends early (no input at all does too), and with `ERR_AW_LIMIT`. No output follows a
 * failure.
 */
export class DecodeWriter extends TransformWriter {
  protected readonly label: string;
  readonly #options: CheckedDecode;
  readonly #finder: MemberFinder;
  /** Decodes all members; made with the first one. */
  #decoder: MemberDecoder | undefined;
  #place: "between" | "member" | "after" = "between";
  /** What is left of the block, and the answer to it. */
  #rest: Uint8Array = NOTHING;
  #done: Done | undefined;
  /** How often the decoder has answered, and whether it is being called: then its answer is awaited there. */
  #answers = 0;
  #isCalling = false;
  /** How many bytes of input are done with. */
  #used = 0;
  /** How many bytes of input the ratio may count. */
  #given = 0;
  #trailingBytes = 0;

  constructor(
    inner: AsyncWrite,
    label: string,
    formats: readonly [Format, ...Format[]],
    options: CheckedDecode,
  ) {
    super(inner, { blockSize: options.blockSize, eager: true });
    this.label = label;
    this.#options = options;
    this.#finder = new MemberFinder(formats);
    if (formats.length === 1) this.#begin(formats[0]);
  }

  /** How many bytes came after the end, with `trailing: "report"`. */
  get trailingBytes(): number {
    return this.#trailingBytes;
  }

  /** The name of the format, once it is known. */
  get format(): string | undefined {
    return this.#finder.format?.name;
  }

  protected override transform(block: Uint8Array, done: Done): void {
    this.#rest = block;
    this.#done = done;
    this.#given = this.#used + block.length;
    this.#goOn();
  }

  protected override finishTransform(done: Done): void {
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

  protected override resumeTransform(): void {
    this.#decoder?.resume();
  }

  protected override releaseTransform(): void {
    this.#decoder?.destroy();
    this.#finder.forget();
    this.#rest = NOTHING;
    this.#done = undefined;
  }

  /** A loop and not a recursion: a block may hold thousands of members. */
  #goOn(): void {
    while (this.#rest.length > 0 && this.state !== "failed") {
      const before = this.#used;
      if (this.#place === "member") {
        if (!this.#decode()) return;
      } else if (this.#place === "between") this.#lookForMember();
      else this.#passOver();
      const turn = spend(1 + ((this.#used - before) >>> 8));
      if (turn !== undefined) {
        void turn.then(() => this.#goOn());
        return;
      }
    }
    const done = this.#done;
    this.#done = undefined;
    done?.();
  }

  /** Decodes a piece. Returns false if that has to be waited for. */
  #decode(): boolean {
    const piece = this.#rest.subarray(0, MAX_PIECE);
    const before = this.#answers;
    this.#isCalling = true;
    this.#decoder?.write(piece, (failure, used, ended) => {
      this.#answers++;
      if (failure !== undefined) {
        this.fail(this.#error(failure, piece.length));
        return;
      }
      this.#take(used);
      if (ended) this.#place = this.#finder.format?.repeats === true ? "between" : "after";
      if (!this.#isCalling) this.#goOn();
    });
    this.#isCalling = false;
    return this.#answers > before;
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
      this.fail(this.#error({ kind: "corrupt", message, at: 0 }, 0));
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
      this.fail(this.#error({ kind: "corrupt", message, at: 0 }, 0));
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
    const failure = exceeds(this.#options, this.bytesOut + chunk.length, this.#given);
    if (failure === undefined) return this.push(chunk);
    this.fail(this.#error(failure, 0));
    return false;
  }

  #error(failure: CoderFailure, length: number): AsyncWriteError {
    return decodeError(String(this), failure, { start: this.#used, length });
  }
}
