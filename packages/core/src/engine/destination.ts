import type { Done } from "../trait/done.ts";
import type { AsyncWriteError } from "../trait/error.ts";
import type { WriterState } from "../trait/state.ts";

/**
 * Where bytes leave to: what a transport says about itself, as the underlying sink does for a
 * `WritableStream`. A `CompletionEngine` makes an `AsyncWrite` of it.
 *
 * Steps (`transmit`, `commit`, `finish`) run one at a time; the next one begins when the one before
 * called `done`, with the error if it failed. `done` may be called before the step returns. What a
 * step throws counts as its failure.
 */
export interface Destination {
  /** Called once, by the engine's constructor. Keep `control` to report what happens in between. */
  start?(control: CompletionControl): void;

  /**
   * Sends all of `bytes` on. The engine leaves them as they are until `done`; do not read them
   * after that.
   */
  transmit(bytes: Uint8Array, done: Done): void;

  /**
   * `transmit` of few bytes, for destinations that mostly take them within the call, as a kernel does: returns
   * whether they have left. If not, `whenTransmitted` is called at once. It saves a callback for each write.
   */
  transmitAtOnce?(bytes: Uint8Array): boolean;

  /** Follows a `transmitAtOnce` that returned false: calls `done` when those bytes have left. */
  whenTransmitted?(done: Done): void;

  /**
   * Sends the start of `bytes` on before it returns, and returns how many bytes that were: at least
   * one, and fewer than all if fewer fit. To have it makes large writes go without a copy.
   */
  transmitNow?(bytes: Uint8Array): number;

  /** Makes what was transmitted durable. Called at flush and close, if there is something. */
  commit?(done: Done): void;

  /**
   * Close was asked for. A commit that is under way need not wait any more for what `finish` gives
   * up. Called once, before the steps that close the writer.
   */
  beginClose?(): void;

  /** Ends the destination in an orderly way. Called once, after the last byte was transmitted. */
  finish?(done: Done): void;

  /** Releases the destination at once. Called once, after a failure or an abort. */
  destroy?(failure: AsyncWriteError): void;

  /**
   * Releases what outlives a close or a failure: the other direction of a connection, a farewell to
   * the peer. Called with the reason of each abort after close, and of the first one after a failure.
   */
  abandon?(reason: unknown): void;

  /** What the writer is called in messages: "tcp 127.0.0.1:9443". */
  toString?(): string;
}

/** What a {@link Destination} can ask of its engine, and report to it. */
export interface CompletionControl {
  readonly state: WriterState;

  /** Whether bytes are gathered or in flight. */
  readonly hasUnsent: boolean;

  /** Whether nothing is gathered, and nothing is in flight or waits for a commit. */
  readonly isIdle: boolean;

  /**
   * Reports a failure that happened between steps: a reset, a full disk. Returns the failure that
   * counts, the first one.
   */
  fail(error: unknown): AsyncWriteError;

  /**
   * Hands the gathered bytes to `take`, which sends them on before it returns: for a program that
   * ends. Steps that are under way are left to the destination.
   *
   * @throws the failure of the writer, or whatever `take` throws; the bytes stay gathered then
   */
  drainNow(take: (bytes: Uint8Array) => void): void;
}
