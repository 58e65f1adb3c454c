import {
  checkChoice,
  checkDictionary,
  checkInteger,
  checkKeys,
  invalid,
  MOST_BLOCK,
} from "./options.ts";

export interface DecodeOptions {
  /**
   * The most bytes it puts out, against input that expands without end. More fails with
   * `ERR_AW_LIMIT`. Default: no limit.
   */
  maxOutputBytes?: number | undefined;
  /**
   * The most bytes of output for each byte of input; the first MiB of output is free. More fails
   * with `ERR_AW_LIMIT`. Default: no limit.
   */
  maxRatio?: number | undefined;
  /**
   * What to do about bytes after the end that are no further member or frame: "refuse" them with
   * `ERR_AW_CORRUPT`, or "report" how many there were in `trailingBytes`. Default: "refuse".
   */
  trailing?: "refuse" | "report" | undefined;
  /** How many bytes are decompressed at a time, gathered from small writes. Default: 64 KiB. */
  blockSize?: number | undefined;
}

export interface DictionaryDecodeOptions extends DecodeOptions {
  /** The dictionary that the encoder had. */
  dictionary?: Uint8Array | undefined;
}

export interface ZstdDecodeOptions extends DictionaryDecodeOptions {
  /**
   * The largest window that a frame may ask for, which is memory, as a power of two: 10 to 31. More
   * fails with `ERR_AW_LIMIT`. Default: 27 (128 MiB), as the zstd command has it.
   */
  maxWindowLog?: number | undefined;
}

export interface CheckedDecode {
  readonly maxOutputBytes: number;
  readonly maxRatio: number;
  readonly report: boolean;
  readonly blockSize: number;
}

/** Checks everything, and fills in what was left out. */
export function checkDecode(
  name: string,
  options: DictionaryDecodeOptions,
  more: readonly string[] = [],
): CheckedDecode {
  checkKeys(name, options, ["maxOutputBytes", "maxRatio", "trailing", "blockSize", ...more]);
  const { maxOutputBytes = Number.MAX_SAFE_INTEGER, maxRatio = Infinity } = options;
  const { trailing = "refuse", blockSize = 64 * 1024 } = options;
  checkInteger(`${name} maxOutputBytes`, maxOutputBytes, 0, Number.MAX_SAFE_INTEGER);
  if (!(typeof maxRatio === "number" && maxRatio >= 1)) {
    throw invalid(`${name} maxRatio must be a number of at least 1, got ${String(maxRatio)}`);
  }
  checkChoice(`${name} trailing`, trailing, ["refuse", "report"]);
  checkInteger(`${name} blockSize`, blockSize, 1, MOST_BLOCK);
  checkDictionary(name, options.dictionary);
  return { maxOutputBytes, maxRatio, report: trailing === "report", blockSize };
}
