import { checkInteger, invalid } from "./options.ts";

/** What a gzip member says about itself (RFC 1952, section 2.3). */
export interface GzipHeader {
  /** The name of the original file. */
  name?: string | undefined;
  /** When that was last modified. Seconds count; undefined stands for not known. */
  mtime?: Date | undefined;
  comment?: string | undefined;
}

/** Flags of the header, and how long it is without what they announce. */
export const FNAME = 8;
export const FCOMMENT = 16;
export const FIXED_LENGTH = 10;

const UNKNOWN_SYSTEM = 255;

/** The header as bytes. `level` is for its hint about speed. */
export function encodeGzipHeader(header: GzipHeader, level: number): Uint8Array {
  const { name, comment, mtime } = header;
  if (mtime !== undefined && !(mtime instanceof Date)) throw invalid("gzip mtime must be a Date");
  const seconds = mtime === undefined ? 0 : Math.floor(mtime.getTime() / 1000);
  checkInteger("gzip mtime, in seconds,", seconds, 0, 0xffff_ffff);
  const texts = [...latin1("name", name), ...latin1("comment", comment)];
  const bytes = new Uint8Array(FIXED_LENGTH + texts.length);
  const flags = (name === undefined ? 0 : FNAME) | (comment === undefined ? 0 : FCOMMENT);
  bytes.set([0x1f, 0x8b, 8, flags]);
  new DataView(bytes.buffer).setUint32(4, seconds, true);
  bytes[8] = level === 9 ? 2 : level === 1 ? 4 : 0;
  bytes[9] = UNKNOWN_SYSTEM;
  bytes.set(texts, FIXED_LENGTH);
  return bytes;
}

/** ISO 8859-1 with a zero byte at the end, which is what the format has. */
function latin1(what: string, text: string | undefined): number[] {
  if (text === undefined) return [];
  if (typeof text !== "string") throw invalid(`gzip ${what} must be a string`);
  const codes = Array.from(text, (character) => character.codePointAt(0) as number);
  if (codes.some((code) => code === 0 || code > 255)) {
    throw invalid(`gzip ${what} must consist of ISO 8859-1 characters other than NUL`);
  }
  return [...codes, 0];
}
