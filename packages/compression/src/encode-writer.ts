import { AsyncWriteError, TransformWriter, type AsyncWrite, type Done } from "@aw/core";
import type { Coder, MakeCoder } from "./coder.ts";

/** What a format puts around what the coder makes. */
export interface Envelope {
  /** Comes before the first output. */
  readonly header: Uint8Array;
  /** Sees every block. */
  update(block: Uint8Array): void;
  /** Comes after the last output. */
  trailer(): Uint8Array;
}

/** What makes an encoder of one format. */
export interface Encoding {
  readonly label: string;
  readonly blockSize: number;
  readonly coder: MakeCoder;
  readonly envelope?: Envelope | undefined;
}

const NOTHING = new Uint8Array(0);

/**
 * A compressor in front of an inner writer.
 *
 * Small writes are gathered into blocks. Flush makes everything so far decodable, which costs some
 * bytes, and nothing when there is nothing new. Close ends the format; abort leaves it without its
 * end.
 */
export class EncodeWriter extends TransformWriter {
  protected readonly label: string;
  readonly #coder: Coder;
  readonly #envelope: Envelope | undefined;
  #begun = false;
  #isShowing = false;
  /** The answer of a coder that was done before the envelope had seen the block. */
  #early: (() => void) | undefined;

  constructor(inner: AsyncWrite, encoding: Encoding) {
    super(inner, { blockSize: encoding.blockSize });
    this.label = encoding.label;
    this.#envelope = encoding.envelope;
    this.#coder = encoding.coder((chunk) => this.push(chunk));
  }

  protected override transform(block: Uint8Array, done: Done): void {
    this.#code("write", block, done);
  }

  protected override transformAndFlush(block: Uint8Array, done: Done): void {
    this.#code("flush", block, done);
  }

  protected override flushTransform(done: Done): void {
    this.#coder.flush(NOTHING, (failure) => done(this.#error(failure)));
  }

  protected override finishTransform(done: Done): void {
    this.#begin();
    this.#coder.finish((failure) => {
      if (failure === undefined && this.#envelope !== undefined) {
        this.push(this.#envelope.trailer());
      }
      done(this.#error(failure));
    });
  }

  protected override resumeTransform(): void {
    this.#coder.resume();
  }

  protected override releaseTransform(): void {
    this.#coder.destroy();
  }

  /**
   * Codes a block, and shows it to the envelope while the thread pool is at it. Nothing is answered before
   * both are done: from then on the block is the engine's.
   */
  #code(how: "write" | "flush", block: Uint8Array, done: Done): void {
    this.#begin();
    this.#isShowing = true;
    this.#coder[how](block, (failure) => {
      const answer = (): void => done(this.#error(failure));
      if (this.#isShowing) this.#early = answer;
      else answer();
    });
    this.#envelope?.update(block);
    this.#isShowing = false;
    const early = this.#early;
    this.#early = undefined;
    early?.();
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    if (this.#envelope !== undefined) this.push(this.#envelope.header);
  }

  #error(failure: { message: string; cause?: unknown } | undefined): unknown {
    if (failure === undefined) return undefined;
    const { message, cause } = failure;
    return new AsyncWriteError("ERR_AW_IO", `${this}: ${message}`, { cause });
  }
}
