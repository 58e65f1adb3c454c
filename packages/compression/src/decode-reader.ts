import { TransformReadEngine, type AsyncBufRead } from "@aw/core";
import { CodecReader } from "./codec-reader.ts";
import type { Decoder } from "./decoder.ts";

/**
 * What an inner reader brings, decompressed: one member or frame after another. What can be decoded can
 * be read at the end of the turn of the event loop in which it came.
 *
 * Fails with `ERR_AW_CORRUPT` on what is not the format, with `ERR_AW_TRUNCATED` if the inner reader ends
 * early (at once, too), with `ERR_AW_LIMIT`, and with what the inner reader fails with; each time after
 * what the codec had put out before.
 */
export class DecodeReader extends CodecReader {
  readonly #decoder: Decoder;

  constructor(inner: AsyncBufRead, decoder: Decoder, blockSize: number) {
    super(new TransformReadEngine(inner, decoder, { blockSize, eager: true }));
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
