import type { AsyncWrite } from "@aw/core";
import { DecodeWriter } from "./decode-writer.ts";
import type { GunzipDecoder } from "./gunzip-decoder.ts";
import type { GzipHeader } from "./gzip-header.ts";

/** Decompresses gzip. */
export class GunzipWriter extends DecodeWriter {
  readonly #decoder: GunzipDecoder;

  constructor(inner: AsyncWrite, decoder: GunzipDecoder, blockSize: number) {
    super(inner, decoder, blockSize);
    this.#decoder = decoder;
  }

  /** What the first member says about itself, once its header has been read. */
  get header(): GzipHeader | undefined {
    return this.#decoder.header;
  }
}
