import { BOOLEAN, checkOptions, COUNT, integer, number, oneOf } from "@aw/core/implementor";
import type { Schema } from "@aw/core/implementor";
import { BLOCK_SIZE, DICTIONARY } from "./option-rules.ts";

/** What every decoder can be given. */
export interface DecodeOptions {
  /**
   * The max count of bytes of output, against input that expands without end. More fails with
   * `ERR_AW_LIMIT`. Default: no limit.
   */
  maxOutputBytes?: number | undefined;
  /**
   * The max count of bytes of output for each byte of input; the first MiB of output is free. More fails
   * with `ERR_AW_LIMIT`. Default: no limit.
   */
  maxRatio?: number | undefined;
  /**
   * What to do about bytes after the end that are no further member or frame: "refuse" them with
   * `ERR_AW_CORRUPT`, or "report" how many there were in `trailingBytes`. Default: "refuse".
   */
  trailing?: "refuse" | "report" | undefined;
  /**
   * The max count of bytes decompressed at a time: what small writes bring in one turn of the event
   * loop is gathered. Default: 256 KiB.
   */
  blockSize?: number | undefined;
}

/** What decoders of formats with a dictionary can be given. */
export interface DictionaryDecodeOptions extends DecodeOptions {
  /** The dictionary that the encoder had. */
  dictionary?: Uint8Array | undefined;
}

/** What `inflate` can be given. */
export interface InflateOptions extends DictionaryDecodeOptions {
  /**
   * Whether to take raw deflate too, where the first two bytes are no header of zlib: what servers send
   * as HTTP's "deflate" is either of the two. Default: false.
   */
  acceptRaw?: boolean | undefined;
}

/** What `unbrotli` can be given. */
export interface UnbrotliOptions extends DecodeOptions {
  /**
   * Whether to take brotli's large window format too. It may ask for a window of 1 GiB, which is
   * memory. Default: false.
   */
  largeWindow?: boolean | undefined;
}

/** What `unzstd` can be given. */
export interface ZstdDecodeOptions extends DictionaryDecodeOptions {
  /**
   * The largest window that a zstd frame may ask for, which is memory, as a power of two: 10 to 31.
   * More fails with `ERR_AW_LIMIT`. Default: 27 (128 MiB), as the zstd command has it.
   */
  maxWindowLog?: number | undefined;
}

export const DECODE: Schema<DecodeOptions> = {
  maxOutputBytes: COUNT,
  maxRatio: number(1),
  trailing: oneOf("refuse", "report"),
  blockSize: BLOCK_SIZE,
};

export const DICTIONARY_DECODE: Schema<DictionaryDecodeOptions> = {
  ...DECODE,
  dictionary: DICTIONARY,
};

export const INFLATE: Schema<InflateOptions> = { ...DICTIONARY_DECODE, acceptRaw: BOOLEAN };

export const UNBROTLI: Schema<UnbrotliOptions> = { ...DECODE, largeWindow: BOOLEAN };

export const ZSTD_DECODE: Schema<ZstdDecodeOptions> = {
  ...DICTIONARY_DECODE,
  maxWindowLog: integer(10, 31),
};

export interface CheckedDecode {
  readonly maxOutputBytes: number;
  readonly maxRatio: number;
  readonly report: boolean;
  readonly blockSize: number;
}

/** Checks everything, and fills in what was left out. */
export function checkDecode<Options extends DecodeOptions>(
  name: string,
  options: Options,
  schema: Schema<Options>,
): CheckedDecode {
  checkOptions(name, options, schema);
  const { maxOutputBytes = Number.MAX_SAFE_INTEGER, maxRatio = Infinity } = options;
  const { trailing = "refuse", blockSize = 256 * 1024 } = options;
  return { maxOutputBytes, maxRatio, report: trailing === "report", blockSize };
}
