import type { AsyncBufRead } from "@aw/core";
import { DecodeReader } from "./decode-reader.ts";
import type { GunzipDecoder } from "./gunzip-decoder.ts";
import type { GzipHeader } from "./gzip-header.ts";

/** What an inner reader brings as gzip, decompressed. */
export class GunzipReader extends DecodeReader {
  readonly #decoder: GunzipDecoder;

  constructor(inner: AsyncBufRead, decoder: GunzipDecoder, blockSize: number) {
    super(inner, decoder, blockSize);
    this.#decoder = decoder;
  }

  /** What the first member says about itself, once its header has been read. */
  get header(): GzipHeader | undefined {
    return this.#decoder.header;
  }
}
