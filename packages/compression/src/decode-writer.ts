import { TransformEngine, type AsyncWrite } from "@aw/core";
import { CodecWriter } from "./codec-writer.ts";
import type { Decoder } from "./decoder.ts";

/**
 * A decompressor in front of an inner writer: one member or frame after another. What can be decoded
 * goes on at the end of the turn of the event loop in which it came.
 *
 * Fails with `ERR_AW_CORRUPT` on what is not the format, with `ERR_AW_TRUNCATED` at close if the
 * input ends early (no input at all does too), and with `ERR_AW_LIMIT`. No output follows a
 * failure.
 */
export class DecodeWriter extends CodecWriter {
  readonly #decoder: Decoder;

  constructor(inner: AsyncWrite, decoder: Decoder, blockSize: number) {
    super(new TransformEngine(inner, decoder, { blockSize, eager: true }));
    this.#decoder = decoder;
  }

  /** How many bytes came after the end, with `trailing: "report"`. */
  get trailingBytes(): number {
    return this.#decoder.trailingBytes;
  }

  /** The name of the format, once it is known. */
  get format(): string | undefined {
    return this.#decoder.format;
  }
}
