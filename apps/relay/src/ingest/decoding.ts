import { gunzip, inflate, unbrotli, unzstd } from "@aw/compression";
import { AsyncWriteError, type AsyncWrite, type Reader, type Writer } from "@aw/core";
import type { Encoding } from "../live/snapshot.ts";

/** What a sender says of its bytes; "detect" if it says nothing. */
export type StatedEncoding = Encoding | "detect";

/** As senders write them, in headers of HTTP (RFC 9110, section 8.4.1) and in queries. */
const NAMES: Readonly<Record<string, StatedEncoding>> = {
  detect: "detect",
  identity: "identity",
  gzip: "gzip",
  "x-gzip": "gzip",
  deflate: "zlib",
  zlib: "zlib",
  zstd: "zstd",
  br: "br",
  brotli: "br",
};

/** @throws AsyncWriteError `ERR_AW_UNSUPPORTED` for a name that is not known */
export function parseEncoding(name = "detect"): StatedEncoding {
  const encoding = NAMES[name.toLowerCase()];
  if (encoding !== undefined) return encoding;
  throw new AsyncWriteError(
    "ERR_AW_UNSUPPORTED",
    `encoding ${JSON.stringify(name)}: this relay knows ${Object.keys(NAMES).join(", ")}`,
  );
}

/**
 * How the bytes that a reader is about to show are encoded: gzip or zstd by their first four bytes, else not at all. zlib has
 * no such mark ("x^2" begins like it), and brotli none whatever: who sends those has to say so. Waits for four
 * bytes or the end, and leaves them unread.
 */
export async function detectEncoding(reader: Reader): Promise<"identity" | "gzip" | "zstd"> {
  const first = await reader.peek(4);
  if (first.length < 4) return "identity"; // shorter than any gzip or zstd
  const mark = new DataView(first.buffer, first.byteOffset).getUint32(0, true);
  if ((mark & 0xff_ff_ff) === 0x08_8b_1f) return "gzip"; // RFC 1952, section 2.3.1
  if (mark === 0xfd_2f_b5_28 || mark >>> 4 === 0x1_84_d2_a5) return "zstd"; // RFC 8878, section 3.1
  return "identity";
}

/** Limits of what comes out of a decoder. */
export interface DecodingLimits {
  maxRatio?: number | undefined;
}

/** A writer that takes encoded bytes, and gives `inner` the decoded ones. */
export function decoding(
  encoding: Encoding,
  inner: AsyncWrite & Writer,
  { maxRatio }: DecodingLimits,
): Writer {
  const limits = maxRatio === undefined ? {} : { maxRatio };
  switch (encoding) {
    case "identity":
      return inner;
    case "gzip":
      return gunzip(inner, limits);
    case "zlib":
      return inflate(inner, limits);
    case "zstd":
      return unzstd(inner, limits);
    case "br":
      return unbrotli(inner, limits);
  }
}
