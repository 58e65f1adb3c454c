import type { AsyncWrite } from "@aw/core";
import type { CheckedDecode } from "./decode-options.ts";
import { DecodeWriter } from "./decode-writer.ts";
import type { Format } from "./format.ts";
import type { OnHeader } from "./gzip-format.ts";
import type { GzipHeader } from "./gzip-header.ts";

/** Decompresses gzip. */
export class GunzipWriter extends DecodeWriter {
  readonly #first: { header: GzipHeader | undefined };

  /** @param makeFormat the format, which calls what it is given with each header that it finds */
  constructor(
    inner: AsyncWrite,
    options: CheckedDecode,
    makeFormat: (onHeader: OnHeader) => Format,
  ) {
    const first: { header: GzipHeader | undefined } = { header: undefined };
    super(inner, "gunzip", [makeFormat((header) => (first.header ??= header))], options);
    this.#first = first;
  }

  /** What the first member says about itself, once its header has been read. */
  get header(): GzipHeader | undefined {
    return this.#first.header;
  }
}
