import { BOOLEAN, checkOptions, integer, oneOf, type Schema } from "@aw/core/implementor";
import type { FlushOnIdle } from "./encode-layer.ts";
import { BLOCK_SIZE, DICTIONARY } from "./option-rules.ts";

/** How zlib looks for matches: see `deflateInit2` in its manual. */
export type DeflateStrategy = "default" | "filtered" | "huffman-only" | "rle" | "fixed";

/** The strategies, each at the index that zlib knows it by. */
const STRATEGIES: readonly DeflateStrategy[] = [
  "default",
  "filtered",
  "huffman-only",
  "rle",
  "fixed",
];

/** What gzip, deflate and deflate-raw have in common. */
export interface DeflateBaseOptions extends FlushOnIdle {
  /** 0 (store) to 9 (smallest). Default: 6. */
  level?: number | undefined;
  /** How far back matches reach, as a power of two: 9 to 15. Default: 15 (32 KiB). */
  windowBits?: number | undefined;
  /** Memory for speed: 1 to 9. Default: 8. */
  memLevel?: number | undefined;
  /** Default: "default". */
  strategy?: DeflateStrategy | undefined;
  /**
   * The max count of bytes compressed at a time, gathered from small writes. Default: 256 KiB;
   * 1 MiB with gzip's `parallel`; 64 KiB in browsers, where the calling thread does it.
   */
  blockSize?: number | undefined;
}

/** What `deflate` and `deflateRaw` can be given. */
export interface DeflateOptions extends DeflateBaseOptions {
  /** Bytes that the input is likely to repeat. The decoder needs the same ones. */
  dictionary?: Uint8Array | undefined;
}

export interface CheckedDeflate {
  readonly level: number;
  readonly windowBits: number;
  readonly memLevel: number;
  /** zlib's number for it. */
  readonly strategy: number;
  readonly blockSize: number;
  readonly dictionary: Uint8Array | undefined;
}

/** So short that compressing it takes a few milliseconds. */
const SHORT_BLOCK = 64 * 1024;

export const DEFLATE_BASE: Schema<DeflateBaseOptions> = {
  level: integer(0, 9),
  windowBits: integer(9, 15),
  memLevel: integer(1, 9),
  strategy: oneOf(...STRATEGIES),
  blockSize: BLOCK_SIZE,
  flushOnIdle: BOOLEAN,
};

export const DEFLATE: Schema<DeflateOptions> = { ...DEFLATE_BASE, dictionary: DICTIONARY };

/** Checks everything, and fills in what was left out. */
export function checkDeflate<Options extends DeflateOptions>(
  name: string,
  options: Options,
  schema: Schema<Options>,
  defaultBlock: number = SHORT_BLOCK,
): CheckedDeflate {
  checkOptions(name, options, schema);
  const { level = 6, windowBits = 15, memLevel = 8, strategy = "default" } = options;
  const { blockSize = defaultBlock, dictionary } = options;
  return {
    level,
    windowBits,
    memLevel,
    strategy: STRATEGIES.indexOf(strategy),
    blockSize,
    dictionary,
  };
}
