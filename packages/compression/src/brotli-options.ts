import { checkChoice, checkInteger, checkKeys, checkOptional, MOST_BLOCK } from "./options.ts";

export interface BrotliOptions {
  /** 0 (fast) to 11 (smallest). Default: 5, the best that keeps up with traffic. */
  quality?: number | undefined;
  /** How far back matches reach, as a power of two: 10 to 24. Default: 22 (4 MiB). */
  lgwin?: number | undefined;
  /** What the input is. Default: "generic". */
  mode?: "generic" | "text" | "font" | undefined;
  /** How many bytes will come, if that is known. Default: 0, not known. */
  sizeHint?: number | undefined;
  /** How many bytes are compressed at a time, gathered from small writes. Default: 64 KiB. */
  blockSize?: number | undefined;
}

/** The modes, each at the index that brotli knows it by. */
const MODES = ["generic", "text", "font"] as const;

export interface CheckedBrotli {
  readonly quality: number;
  readonly lgwin: number;
  /** brotli's number for it. */
  readonly mode: number;
  readonly sizeHint: number;
  readonly blockSize: number;
}

/** Checks everything, and fills in what was left out. */
export function checkBrotli(options: BrotliOptions): CheckedBrotli {
  checkKeys("brotli", options, ["quality", "lgwin", "mode", "sizeHint", "blockSize"]);
  const { quality = 5, lgwin = 22, mode = "generic", sizeHint = 0 } = options;
  const { blockSize = 64 * 1024 } = options;
  checkInteger("brotli quality", quality, 0, 11);
  checkInteger("brotli lgwin", lgwin, 10, 24);
  checkChoice("brotli mode", mode, MODES);
  checkOptional("brotli sizeHint", sizeHint, 0, 2 ** 32 - 1);
  checkInteger("brotli blockSize", blockSize, 1, MOST_BLOCK);
  return { quality, lgwin, mode: MODES.indexOf(mode), sizeHint, blockSize };
}
