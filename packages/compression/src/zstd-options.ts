import {
  checkChoice,
  checkDictionary,
  checkInteger,
  checkKeys,
  checkOptional,
  invalid,
  MOST_BLOCK,
} from "./options.ts";

export interface ZstdOptions {
  /** Up to 22 (smallest); below 0 faster still. Default: 3. */
  level?: number | undefined;
  /** How far back matches reach, as a power of two: 10 to 27. Default: as the level has it. */
  windowLog?: number | undefined;
  /** Whether each frame ends with a checksum of its content. Default: true, as the command has it. */
  checksum?: boolean | undefined;
  /** Bytes that the input is likely to repeat. The decoder needs the same ones. */
  dictionary?: Uint8Array | undefined;
  /** How many bytes will come, for the header. Any other count fails. Not with `parallel`. */
  pledgedSize?: number | undefined;
  /** Compresses this many blocks at once on the thread pool, each to a frame. Default: one frame. */
  parallel?: number | undefined;
  /**
   * How many bytes are compressed at a time, gathered from small writes. Default: 512 KiB, and
   * 1 MiB with `parallel`.
   */
  blockSize?: number | undefined;
}

export interface CheckedZstd extends ZstdOptions {
  readonly level: number;
  readonly checksum: boolean;
  readonly blockSize: number;
}

const KEYS = [
  "level",
  "windowLog",
  "checksum",
  "dictionary",
  "pledgedSize",
  "parallel",
  "blockSize",
];

/** Node's own threads inside zstd lose output or crash: they are not to be had. */
const THREADS = ["params", "nbWorkers", "ZSTD_c_nbWorkers"];

/** Checks everything, and fills in what was left out. */
export function checkZstd(options: ZstdOptions): CheckedZstd {
  if (THREADS.some((key) => key in options)) {
    throw invalid(
      "zstd takes neither params nor nbWorkers, which loses data on Node; use parallel",
    );
  }
  checkKeys("zstd", options, KEYS);
  const { level = 3, checksum = true, windowLog, pledgedSize, parallel } = options;
  const { blockSize = (parallel === undefined ? 512 : 1024) * 1024 } = options;
  checkInteger("zstd level", level, -131_072, 22);
  checkOptional("zstd windowLog", windowLog, 10, 27);
  checkChoice("zstd checksum", checksum, [true, false]);
  checkDictionary("zstd", options.dictionary);
  checkOptional("zstd pledgedSize", pledgedSize, 0, Number.MAX_SAFE_INTEGER);
  checkOptional("zstd parallel", parallel, 1, 1024);
  checkInteger("zstd blockSize", blockSize, 1, MOST_BLOCK);
  if (parallel !== undefined && pledgedSize !== undefined) {
    throw invalid("zstd pledgedSize is for one frame, parallel makes many: leave one of them out");
  }
  return { ...options, level, checksum, blockSize };
}
