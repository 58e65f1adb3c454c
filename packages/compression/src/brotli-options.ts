import { BOOLEAN, checkOptions, integer, invalidArgument, oneOf } from "@aw/core/implementor";
import type { Schema } from "@aw/core/implementor";
import type { FlushOnIdle } from "./encode-layer.ts";
import { BLOCK_SIZE } from "./option-rules.ts";

/** What `brotli` can be given. */
export interface BrotliOptions extends FlushOnIdle {
  /** 0 (fast) to 11 (smallest). Default: 5, the best that keeps up with traffic. */
  quality?: number | undefined;
  /**
   * How far back matches reach, as a power of two: 10 to 24, or to 30 with `largeWindow`. Default: 22
   * (4 MiB).
   */
  lgwin?: number | undefined;
  /**
   * Whether to make brotli's large window format, which RFC 7932 does not have: only decoders that are
   * set to accept it do, as `unbrotli` with its own `largeWindow`; browsers do not. Default: false.
   */
  largeWindow?: boolean | undefined;
  /** What the input is. Default: "generic". */
  mode?: "generic" | "text" | "font" | undefined;
  /** How many bytes will come, if that is known. Default: 0, not known. */
  sizeHint?: number | undefined;
  /** How many bytes are compressed at a time, gathered from small writes. Default: 64 KiB. */
  blockSize?: number | undefined;
}

/** The modes, each at the index that brotli knows it by. */
const MODES = ["generic", "text", "font"] as const;

/** The largest window of RFC 7932. */
const MAX_LGWIN = 24;

const OPTIONS: Schema<BrotliOptions> = {
  quality: integer(0, 11),
  lgwin: integer(10, 30),
  largeWindow: BOOLEAN,
  mode: oneOf(...MODES),
  sizeHint: integer(0, 2 ** 32 - 1),
  blockSize: BLOCK_SIZE,
  flushOnIdle: BOOLEAN,
};

export interface CheckedBrotli {
  readonly quality: number;
  readonly lgwin: number;
  readonly largeWindow: boolean;
  /** brotli's number for it. */
  readonly mode: number;
  readonly sizeHint: number;
  readonly blockSize: number;
}

/** Checks everything, and fills in what was left out. */
export function checkBrotli(options: BrotliOptions): CheckedBrotli {
  checkOptions("brotli", options, OPTIONS);
  const { quality = 5, lgwin = 22, largeWindow = false, mode = "generic", sizeHint = 0 } = options;
  const { blockSize = 64 * 1024 } = options;
  if (lgwin > MAX_LGWIN && !largeWindow) {
    throw invalidArgument(
      `brotli: lgwin must be an integer from 10 to ${MAX_LGWIN}, got ${lgwin}; larger windows are a ` +
        "format of their own: set largeWindow if the decoder takes it",
    );
  }
  return { quality, lgwin, largeWindow, mode: MODES.indexOf(mode), sizeHint, blockSize };
}
