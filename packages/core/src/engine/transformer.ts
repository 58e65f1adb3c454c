import type { Done } from "../trait/done.ts";
import type { AsyncWriteError } from "../trait/error.ts";
import type { WriterState } from "../trait/state.ts";

/**
 * What turns bytes into other bytes: what a codec says about itself, as the transformer does for a
 * `TransformStream`. A `TransformEngine` makes a layer of it.
 *
 * Steps (`transform`, `flush`, `finish`) run one at a time; the next one begins when the one before
 * called `done`, with the error if it failed, and all its output is with the inner writer. What a
 * step throws counts as its failure.
 */
export interface Transformer {
  /** Called once, by the engine's constructor. Keep `control` to push output. */
  start?(control: TransformControl): void;

  /**
   * Turns one block into output. Do not read the block after `done`. Call `done` when all output of
   * the block was pushed, or as much as will come without more input.
   */
  transform(block: Uint8Array, done: Done): void;

  /**
   * `transform` of the last block before a flush, and `flush`, in one step: for where that is faster
   * than two, as on a thread pool. Without it, one follows the other.
   */
  transformAndFlush?(block: Uint8Array, done: Done): void;

  /**
   * Pushes whatever is still held, so that the peer can decode everything so far. Called only if
   * bytes were transformed since the last time (AW-FLUSH-2).
   */
  flush?(done: Done): void;

  /** Ends the format: pushes what is left, and the trailer. Called once. */
  finish?(done: Done): void;

  /** Output had to wait for the inner writer, and is gone: go on after `push` returned false. */
  resume?(): void;

  /** Releases memory. Called once: when the layer is closed, has failed or was aborted. */
  release?(): void;

  /** What the layer is called in messages: "gzip(6)". */
  toString?(): string;
}

/** What a {@link Transformer} can ask of its engine, and report to it. */
export interface TransformControl {
  readonly state: WriterState;

  /** Bytes accepted so far. */
  readonly bytesIn: number;

  /** Bytes of output so far, those included that the inner writer has not accepted yet. */
  readonly bytesOut: number;

  /**
   * Passes output on. The chunk belongs to the engine from now on. Returns false once much output
   * waits: pause then if you can, until `resume` is called.
   */
  push(chunk: Uint8Array): boolean;

  /** Reports a failure that happened between steps. Returns the failure that counts, the first. */
  fail(error: unknown): AsyncWriteError;

  /**
   * Within `transform`: keeps its block valid beyond `done`, until you call what this returns.
   * Blocks that follow come in other memory, so keep a bounded count. After a failure leave it
   * uncalled if somebody may still read the block.
   */
  keepBlock(): () => void;

  /** What messages call the layer, with those below it: "gzip(6) > tcp 127.0.0.1:9443". */
  toString(): string;
}
