import { AsyncWriteError, TransformWriter, type AsyncWrite, type Done } from "@aw/core";
import type { CoderFailure } from "./coder.ts";
import type { CheckedDecode } from "./decode-options.ts";
import type { Format, Member } from "./format.ts";

/** A highly regular input may expand this far, in bytes, before its ratio counts. */
const FREE_OUTPUT = 1024 * 1024;

/** As many bytes as it takes to tell all formats apart. */
const MAGIC_LENGTH = 4;

const NOTHING = new Uint8Array(0);

/**
 * A decompressor in front of an inner writer: one member or frame after another.
 *
 * Fails with `ERR_AW_CORRUPT` on what is not the format, with `ERR_AW_TRUNCATED` at close if the
 * input ends early (no input at all does too), and with `ERR_AW_LIMIT`. No output follows a
 * failure.
 */
export class DecodeWriter extends TransformWriter {
  protected readonly label: string;
  readonly #options: CheckedDecode;
  readonly #formats: readonly Format[];
  /** The format, once it is known. */
  #format: Format | undefined;
  #member: Member | undefined;
  /** What came after a member, while it may be the beginning of another one. */
  #held: Uint8Array = NOTHING;
  /** How many bytes of input are done with. */
  #used = 0;
  /** How many bytes of input the ratio may count. */
  #given = 0;
  #ended = false;
  #trailingBytes = 0;

  constructor(
    inner: AsyncWrite,
    label: string,
    formats: readonly [Format, ...Format[]],
    options: CheckedDecode,
  ) {
    super(inner, { blockSize: options.blockSize });
    this.label = label;
    this.#options = options;
    this.#formats = formats;
    if (formats.length === 1) {
      this.#format = formats[0];
      this.#open(formats[0]);
    }
  }

  /** How many bytes came after the end, with `trailing: "report"`. */
  get trailingBytes(): number {
    return this.#trailingBytes;
  }

  /** The name of the format, once `decompress` knows it. */
  get format(): string | undefined {
    return this.#format?.name;
  }

  protected override transform(block: Uint8Array, done: Done): void {
    let rest = block;
    this.#given = this.#used + this.#held.length + block.length;
    // A loop and not a recursion: a block may hold thousands of members.
    const step = (): void => {
      for (;;) {
        if (rest.length === 0 || this.state === "failed") return done();
        if (this.#member === undefined) {
          rest = this.#between(rest);
          continue;
        }
        let answer: "none" | "sync" | "late" = "none";
        this.#member.write(rest, (failure, used, ended) => {
          if (failure !== undefined) return done(this.#error(failure, rest.length));
          this.#used += used;
          rest = rest.subarray(used);
          if (ended) this.#endMember();
          if (answer === "late") step();
          else answer = "sync";
        });
        if (answer !== ("sync" as string)) {
          answer = "late";
          return;
        }
      }
    };
    step();
  }

  protected override finishTransform(done: Done): void {
    if (this.#member !== undefined) {
      this.#member.finish((failure) => done(failure && this.#error(failure, 0)));
    } else if (this.#format === undefined) {
      done(this.#error({ kind: "truncated", message: "its format" }, 0));
    } else {
      this.#trail(this.#held);
      done();
    }
  }

  protected override resumeTransform(): void {
    this.#member?.resume();
  }

  protected override releaseTransform(): void {
    this.#member?.destroy();
    this.#held = NOTHING;
  }

  #open(format: Format): void {
    this.#member = format.begin((chunk) => this.#put(chunk));
  }

  #endMember(): void {
    this.#member?.destroy();
    this.#member = undefined;
    this.#ended = this.#format?.repeats !== true;
  }

  /** What is not part of a member: its beginning, or the end. Returns what is left to do. */
  #between(bytes: Uint8Array): Uint8Array {
    if (this.#ended) {
      this.#trail(bytes);
      return NOTHING;
    }
    const all = this.#held.length === 0 ? bytes : concat(this.#held, bytes);
    const head = all.subarray(0, MAGIC_LENGTH);
    let open = false;
    for (const format of this.#format === undefined ? this.#formats : [this.#format]) {
      const starts = format.starts(head);
      if (starts === true) {
        this.#held = NOTHING;
        this.#format = format;
        this.#open(format);
        return all;
      }
      open ||= starts === undefined;
    }
    if (open) {
      this.#held = all.slice();
      return NOTHING;
    }
    this.#held = NOTHING;
    if (this.#format === undefined) {
      const names = this.#formats.map(({ name }) => name).join(", ");
      this.fail(this.#error({ kind: "corrupt", message: `this is none of ${names}`, at: 0 }, 0));
    } else {
      this.#ended = true;
      this.#trail(all);
    }
    return NOTHING;
  }

  /** Bytes after the end. */
  #trail(bytes: Uint8Array): void {
    const padded = this.#format?.padding === true && this.#trailingBytes === 0;
    const first = padded ? bytes.findIndex((byte) => byte !== 0) : 0;
    if (bytes.length > 0 && first !== -1) {
      if (this.#options.report) {
        this.#trailingBytes += bytes.length - first;
      } else {
        const message = "there is garbage after the end";
        this.fail(this.#error({ kind: "corrupt", message, at: first }, bytes.length));
      }
    }
    this.#used += bytes.length;
  }

  #put(chunk: Uint8Array): boolean {
    const { maxOutputBytes, maxRatio } = this.#options;
    const total = this.bytesOut + chunk.length;
    if (total > maxOutputBytes) {
      return this.#exceed(`more than ${maxOutputBytes} bytes of output; raise maxOutputBytes`);
    }
    if (total > FREE_OUTPUT && total > maxRatio * this.#given) {
      return this.#exceed(`output is more than ${maxRatio} times the input; raise maxRatio`);
    }
    return this.push(chunk);
  }

  #exceed(what: string): false {
    this.fail(this.#error({ kind: "limit", message: what }, 0));
    return false;
  }

  #error({ kind, message, at, cause }: CoderFailure, length: number): AsyncWriteError {
    const options = cause === undefined ? {} : { cause };
    if (kind === "truncated") {
      const text = `${this}: the input ended after ${this.bytesIn} bytes, before ${message}`;
      return new AsyncWriteError("ERR_AW_TRUNCATED", text, options);
    }
    if (kind === "limit") {
      const text = `${this}: ${message} if you trust the input`;
      return new AsyncWriteError("ERR_AW_LIMIT", text, options);
    }
    if (kind === "failed") return new AsyncWriteError("ERR_AW_IO", `${this}: ${message}`, options);
    const place =
      at === undefined
        ? `between byte ${this.#used} and byte ${this.#used + length}`
        : `at byte ${this.#used + at}`;
    return new AsyncWriteError("ERR_AW_CORRUPT", `${this}: ${message}, ${place}`, options);
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
