import type { AsyncWrite } from "@aw/core";

/** What the kit tells a factory about the run that the writer is for. */
export interface FactoryOptions {
  /** The max bytes that the case will write. A destination of fixed size needs no more. */
  readonly room: number;
  /**
   * Runs `step` later, at a moment that the seed decides. In-memory destinations that answer
   * asynchronously use it, so that the same seed gives the same order of events.
   */
  readonly later: (step: () => void) => void;
}

/** A writer under test, and how to look at its destination. */
export interface Subject {
  readonly writer: AsyncWrite;
  /**
   * The bytes at the destination so far, decoded if the writer encodes. Called after a flush or
   * a close was ready, and after a failure. `accepted` is the count of bytes accepted so far: over
   * a network, wait until so many have arrived, or the stream has ended.
   */
  readonly delivered?: (accepted: number) => Uint8Array | Promise<Uint8Array>;
  /** The bytes at the destination as they are, where the writer encodes. Default: `delivered`. */
  readonly raw?: (accepted: number) => Uint8Array | Promise<Uint8Array>;
  /** Whether what is at the destination looks complete: its trailer is there, the file in place. */
  readonly finished?: () => boolean | Promise<boolean>;
  /** Makes the destination fail in the background; resolves once the writer has been told. */
  readonly fail?: (error: Error) => void | Promise<void>;
  /** Makes the destination take nothing more, until `release`. */
  readonly stall?: () => void | Promise<void>;
  readonly release?: () => void;
  /** Makes the next operation of the destination fail with a transient system error. */
  readonly transient?: (error: Error) => void;
  /** How many descriptors, timers, sockets and slabs the writer holds now. */
  readonly held?: () => number;
  /**
   * The documented capacity: the max bytes, system buffers included, that are accepted and not
   * delivered while the destination is stalled.
   */
  readonly bound?: number | undefined;
  /** Called at the end of each case, after the writer was aborted if it was not closed. */
  readonly cleanup?: () => void | Promise<void>;
}

/** Makes a new, open writer with a new destination. */
export type Factory = (options: FactoryOptions) => Subject | Promise<Subject>;

/** Puts the layer under test in front of the kit's own destination. */
export type LayerFactory = (
  inner: AsyncWrite,
  options: FactoryOptions,
) => AsyncWrite | LayerSubject | Promise<AsyncWrite | LayerSubject>;

/** What a layer factory may say about its writer. */
export type LayerSubject = Pick<Subject, "writer" | "held" | "bound" | "cleanup">;

/**
 * What the writer and its factory can do. What is false switches off the cases that need it.
 * For a factory all but `abort`, `onFailure` and `delivered` default to false, for a layer to true where the
 * kit's destination can do it; `unprompted` to false for both.
 */
export interface Supports {
  /** The writer has `abort`. Default: true. */
  abort?: boolean;
  /** The writer has `onFailure`. Default: true. */
  onFailure?: boolean;
  /** The subject has `delivered`. Default: true. */
  delivered?: boolean;
  /** The subject has `finished`. For a layer: closing it closes the inner writer. */
  finished?: boolean;
  /** The subject has `fail`. */
  fail?: boolean;
  /** The subject has `stall` and `release`, and `bound`. */
  stall?: boolean;
  /** The subject has `transient`. */
  transient?: boolean;
  /** The subject has `held`. */
  held?: boolean;
  /** The factory heeds `room`: the destination takes just that many bytes and is full then. */
  full?: boolean;
  /**
   * What was accepted goes to the destination without a flush, at the latest when no microtask is
   * left: true of sockets and files, false of what gathers for a better ratio. Default: false.
   */
  unprompted?: boolean;
  /** Aborting the layer aborts the inner writer. */
  abortsInner?: boolean;
}
