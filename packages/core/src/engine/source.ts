import type { AsyncWriteError } from "../trait/error.ts";
import type { WriterState } from "../trait/state.ts";

/**
 * Where bytes come from by themselves: what a transport says about itself, as the underlying source
 * does for a `ReadableStream`. A `SourceEngine` makes an `AsyncBufRead` of it.
 *
 * A source begins paused: it is to push nothing before the first `resume`, which comes with the first
 * poll. What it pushes all the same is kept.
 */
export interface Source {
  /** Called once, by the engine's constructor. Keep `control` to pass on what comes. */
  start?(control: SourceControl): void;

  /** More is wanted. May push before it returns. */
  resume?(): void;

  /** Enough waits to be read: push no more until `resume`, if you can. */
  pause?(): void;

  /** Releases the source at once. Called once, after an abort or a failure that is its own. */
  destroy?(failure: AsyncWriteError): void;

  /** What the reader is called in messages: "tcp 127.0.0.1:9443". */
  toString?(): string;
}

/** What a {@link Source} can report to its engine. */
export interface SourceControl {
  /** "open" until the end was read ("closed"), or the reader has failed or was aborted. */
  readonly state: WriterState;

  /** How many bytes were pushed and are not read yet. */
  readonly unread: number;

  /**
   * Passes bytes on. The chunk belongs to the engine from now on, and is given away as it is. Returns
   * false once enough waits: it has called `pause` then.
   */
  push(chunk: Uint8Array): boolean;

  /**
   * Passes a copy of `bytes` on, which stay yours: for sources that read into the same memory again and again.
   * The copy is made in memory that is used again once it is read, so nothing is allocated for it. Returns what
   * `push` returns.
   */
  pushCopy(bytes: Uint8Array): boolean;

  /** Nothing more comes, and what came is complete. */
  end(): void;

  /**
   * Nothing more comes, and what came is not complete. Whoever reads hears of it after the bytes that
   * were pushed before (AW-READ-6).
   */
  fail(error: unknown): void;
}
