/** Why a coder cannot go on. */
export interface CoderFailure {
  /**
   * Whether the input ended early, cannot be what it says it is, or asks for more than is allowed;
   * or else the coder itself failed, as without memory.
   */
  readonly kind: "truncated" | "corrupt" | "limit" | "failed";
  readonly message: string;
  /** Where it is known to be: this many bytes into the piece that was given. */
  readonly at?: number | undefined;
  readonly cause?: unknown;
}

/** Called once for a piece of input: with what went wrong, or with how many bytes were used. */
export type CoderDone = (failure: CoderFailure | undefined, used: number) => void;

/**
 * One compressed stream, coded by zlib, brotli or zstd. One call at a time; output goes to the
 * function it was made with, before `done` is called.
 */
export interface Coder {
  /** Takes all of `block`. A decoder that uses less met the end of its stream. */
  write(block: Uint8Array, done: CoderDone): void;
  /** Takes all of `block`, which may be empty, and puts out all it holds. */
  flush(block: Uint8Array, done: CoderDone): void;
  /** Ends the stream; a decoder fails as truncated if it is not complete. */
  finish(done: CoderDone): void;
  /** There is room for output again, after `push` returned false. */
  resume(): void;
  /** Begins another stream with the memory of this one, between two calls. Missing: make a new coder. */
  restart?(): void;
  /** Releases all memory. No `done` is called any more, and no output comes. */
  destroy(): void;
}

/** Takes output; false asks for a pause, until `resume`. */
export type Push = (chunk: Uint8Array) => boolean;

export type MakeCoder = (push: Push) => Coder;

/** The checksum of gzip, continued from `value`. */
export type Crc32 = (data: Uint8Array, value: number) => number;
