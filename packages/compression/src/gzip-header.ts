import type { Rule, Schema } from "@aw/core/implementor";

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

/** The last second that the format can hold, in 2106. */
const MAX_SECONDS = 0xffff_ffff;

const LATIN1: Rule = {
  allowed:
    "a string of ISO 8859-1 characters without NUL, as RFC 1952 has it; for other text leave it out",
  accepts: (value) =>
    // oxlint-disable-next-line no-control-regex -- the format allows all of them but NUL
    typeof value === "string" && /^[\u0001-\u00ff]*$/.test(value),
};

const MTIME: Rule = {
  allowed:
    "a valid Date from 1970 to 2106, which is what the format can hold; for other times leave it out",
  accepts: (value) => value instanceof Date && isWithin(secondsOf(value)),
};

export const GZIP_HEADER: Schema<GzipHeader> = { name: LATIN1, mtime: MTIME, comment: LATIN1 };

/** The header as bytes. `level` is for its hint about speed. */
export function encodeGzipHeader({ name, comment, mtime }: GzipHeader, level: number): Uint8Array {
  const texts = [...latin1(name), ...latin1(comment)];
  const bytes = new Uint8Array(FIXED_LENGTH + texts.length);
  const flags = (name === undefined ? 0 : FNAME) | (comment === undefined ? 0 : FCOMMENT);
  bytes.set([0x1f, 0x8b, 8, flags]);
  const seconds = mtime === undefined ? 0 : secondsOf(mtime);
  new DataView(bytes.buffer).setUint32(4, seconds, true);
  bytes[8] = level === 9 ? 2 : level === 1 ? 4 : 0;
  bytes[9] = UNKNOWN_SYSTEM;
  bytes.set(texts, FIXED_LENGTH);
  return bytes;
}

function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

function isWithin(seconds: number): boolean {
  // Written so that NaN, of an invalid Date, fails too.
  return seconds >= 0 && seconds <= MAX_SECONDS;
}

/** With a zero byte at the end. */
function latin1(text: string | undefined): number[] {
  if (text === undefined) return [];
  return [...Array.from(text, (character) => character.charCodeAt(0)), 0];
}
