import {
  BOOLEAN,
  checkOptions,
  COUNT,
  either,
  integer,
  invalidArgument,
  oneOf,
  type Schema,
} from "@aw/core/implementor";
import type { FlushOnIdle } from "./encode-layer.ts";
import { BLOCK_SIZE, DICTIONARY, PARALLEL } from "./option-rules.ts";

/** What `zstd` can be given. */
export interface ZstdOptions extends FlushOnIdle {
  /** Up to 22 (smallest); below 0 faster still. Default: 3. */
  level?: number | undefined;
  /**
   * How far back matches reach, as a power of two: 10 to 27. "http": at most 23 (8 MiB), all that RFC
   * 9659 lets HTTP have; browsers refuse more. Default: as the level has it, which is more than that
   * from level 20 on.
   */
  windowLog?: number | "http" | undefined;
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
  readonly windowLog: number | undefined;
  readonly level: number;
  readonly checksum: boolean;
  readonly blockSize: number;
}

const OPTIONS: Schema<ZstdOptions> = {
  level: integer(-131_072, 22),
  windowLog: either(integer(10, 27), oneOf("http")),
  checksum: BOOLEAN,
  dictionary: DICTIONARY,
  pledgedSize: COUNT,
  parallel: PARALLEL,
  blockSize: BLOCK_SIZE,
  flushOnIdle: BOOLEAN,
};

/** The largest window of HTTP, and the first level that has a larger one by default. */
const HTTP_WINDOW = 23;
const LARGE_WINDOW_LEVEL = 20;

/** Node's own threads inside zstd lose output or crash: they are not to be had. */
const THREADS = new Set(["params", "nbWorkers", "ZSTD_c_nbWorkers"]);

/** Checks everything, and fills in what was left out. */
export function checkZstd(options: ZstdOptions): CheckedZstd {
  const given = typeof options === "object" && options !== null ? Object.keys(options) : [];
  if (given.some((key) => THREADS.has(key))) {
    throw invalidArgument(
      "zstd: there is no params and no nbWorkers, which loses data on Node; use parallel",
    );
  }
  checkOptions("zstd", options, OPTIONS);
  const { level = 3, checksum = true, windowLog, pledgedSize, parallel } = options;
  const { blockSize = (parallel === undefined ? 512 : 1024) * 1024 } = options;
  if (parallel !== undefined && pledgedSize !== undefined) {
    throw invalidArgument(
      "zstd: pledgedSize is for one frame, parallel makes many; leave one of them out",
    );
  }
  return { ...options, level, checksum, blockSize, windowLog: windowLogOf(windowLog, level) };
}

function windowLogOf(windowLog: ZstdOptions["windowLog"], level: number): number | undefined {
  if (windowLog !== "http") return windowLog;
  return level < LARGE_WINDOW_LEVEL ? undefined : HTTP_WINDOW;
}
