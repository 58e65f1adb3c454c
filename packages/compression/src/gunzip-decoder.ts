import type { CheckedDecode } from "./decode-options.ts";
import { Decoder } from "./decoder.ts";
import type { Format } from "./format.ts";
import type { OnHeader } from "./gzip-format.ts";
import type { GzipHeader } from "./gzip-header.ts";

/** Decompresses gzip, and keeps what the first member says about itself. */
export class GunzipDecoder extends Decoder {
  readonly #first: { header: GzipHeader | undefined };

  /** @param makeFormat the format, which calls what it is given with each header that it finds */
  constructor(options: CheckedDecode, makeFormat: (onHeader: OnHeader) => Format) {
    const first: { header: GzipHeader | undefined } = { header: undefined };
    super("gunzip", [makeFormat((header) => (first.header ??= header))], options);
    this.#first = first;
  }

  /** The header of the first member, once it has been read. */
  get header(): GzipHeader | undefined {
    return this.#first.header;
  }
}
