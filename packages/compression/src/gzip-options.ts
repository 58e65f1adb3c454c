import type { Crc32, MakeCoder } from "./coder.ts";
import type { Schema } from "@aw/core/implementor";
import { DEFLATE_BASE, type DeflateBaseOptions } from "./deflate-options.ts";
import { Encoder } from "./encoder.ts";
import type { Envelope } from "./envelope.ts";
import { encodeGzipHeader, GZIP_HEADER, type GzipHeader } from "./gzip-header.ts";
import { PARALLEL } from "./option-rules.ts";

/** What `gzip` can be given: how it compresses, and what the header says. */
export interface GzipOptions extends DeflateBaseOptions, GzipHeader {
  /**
   * Compresses this many blocks at once on the thread pool, into one ordinary member. Default: one
   * stream, without blocks.
   */
  parallel?: number | undefined;
}

export const GZIP: Schema<GzipOptions> = {
  ...DEFLATE_BASE,
  ...GZIP_HEADER,
  parallel: PARALLEL,
};

/** The header, checksum and length of a member. */
export function gzipEnvelope(header: GzipHeader, level: number, crc32: Crc32): Envelope {
  let crc = 0;
  let length = 0;
  return {
    header: encodeGzipHeader(header, level),
    update(block) {
      crc = crc32(block, crc);
      length += block.length;
    },
    trailer() {
      const trailer = new Uint8Array(8);
      const view = new DataView(trailer.buffer);
      view.setUint32(0, crc, true);
      view.setUint32(4, length % 2 ** 32, true);
      return trailer;
    },
  };
}

/** gzip as one stream of raw deflate, on whatever coder. */
export function gzipEncoder(
  header: GzipHeader,
  level: number,
  coder: MakeCoder,
  crc32: Crc32,
): Encoder {
  return new Encoder(`gzip(${level})`, coder, gzipEnvelope(header, level, crc32));
}
