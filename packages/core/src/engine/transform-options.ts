import { BOOLEAN, POSITIVE_COUNT, type Schema } from "../options/rules.ts";

/** How a `TransformEngine` gathers the blocks that it transforms. */
export interface TransformEngineOptions {
  /**
   * The max bytes that are gathered for one `transform`. At most two such blocks are held, besides
   * those that the transformer keeps. Default: 64 KiB.
   */
  blockSize?: number | undefined;
  /**
   * The size of the first block, in bytes; blocks grow while they fill. Default: 64 KiB, or
   * `blockSize` if that is less.
   */
  firstBlockSize?: number | undefined;
  /**
   * Transforms what was gathered at the end of each turn of the event loop, not only when a block is
   * full or at flush: for decoders, whose reader waits for what can be decoded. Default: false.
   */
  eager?: boolean | undefined;
}

/** How a `TransformReadEngine` gathers what it reads. */
export interface TransformReadEngineOptions extends TransformEngineOptions {
  /**
   * Transforms what was gathered, and flushes, once the inner reader has had nothing for a whole turn of the
   * event loop and all output has been read: for encoders, whose output waits for a full block else.
   * Default: false.
   */
  flushOnIdle?: boolean | undefined;
}

export const TRANSFORM_OPTIONS: Schema<TransformEngineOptions> = {
  blockSize: POSITIVE_COUNT,
  firstBlockSize: POSITIVE_COUNT,
  eager: BOOLEAN,
};

export const TRANSFORM_READ_OPTIONS: Schema<TransformReadEngineOptions> = {
  ...TRANSFORM_OPTIONS,
  flushOnIdle: BOOLEAN,
};

/** In bytes. */
export const DEFAULT_BLOCK_SIZE: number = 64 * 1024;
