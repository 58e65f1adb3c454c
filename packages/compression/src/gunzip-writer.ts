import type { AsyncWrite } from "@aw/core";
import type { Crc32, MakeCoder } from "./coder.ts";
import { checkDecode, type DecodeOptions } from "./decode-options.ts";
import { DecodeWriter } from "./decode-writer.ts";
import { gzipFormat } from "./gzip-format.ts";
import type { GzipHeader } from "./gzip-header.ts";

export class GunzipWriter extends DecodeWriter {
  readonly #last: { header: GzipHeader | undefined };

  constructor(inner: AsyncWrite, options: DecodeOptions, coder: MakeCoder, crc32: Crc32) {
    const last: { header: GzipHeader | undefined } = { header: undefined };
    const format = gzipFormat(coder, crc32, (header) => (last.header = header));
    super(inner, "gunzip", [format], checkDecode("gunzip", options));
    this.#last = last;
  }

  /** What the latest member says about itself, once its header has been read. */
  get header(): GzipHeader | undefined {
    return this.#last.header;
  }
}
