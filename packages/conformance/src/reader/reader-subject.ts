import type { AsyncBufRead } from "@aw/core";

/** A reader under test, and how to work the source that it reads. */
export interface ReaderSubject {
  readonly reader: AsyncBufRead;
  /** Makes the source give these bytes, encoded if the reader decodes. */
  readonly give: (bytes: Uint8Array) => void | Promise<void>;
  /** Makes the source end. */
  readonly end: () => void | Promise<void>;
  /** Makes the source fail, behind what it gave; resolves once that is on its way. */
  readonly fail?: (error: Error) => void | Promise<void>;
  /** How many bytes the reader has taken from the source, as they are there. */
  readonly taken?: () => number;
  /** The documented capacity: the max bytes that are taken from the source while nobody reads. */
  readonly bound?: number | undefined;
  /** Whether the source has been made to stop. */
  readonly isStopped?: () => boolean | Promise<boolean>;
  /** Called at the end of each case, after the reader was aborted. */
  readonly cleanup?: () => void | Promise<void>;
}

/** What the kit tells a factory about the run that the reader is for. */
export interface ReaderFactoryOptions {
  /** Runs `step` later, at a moment that the seed decides. */
  readonly later: (step: () => void) => void;
}

/** Makes a new reader with a new source. */
export type ReaderFactory = (
  options: ReaderFactoryOptions,
) => ReaderSubject | Promise<ReaderSubject>;

/** Puts the layer under test on the kit's own source. */
export type ReaderLayer = (
  inner: AsyncBufRead,
  options: ReaderFactoryOptions,
) => AsyncBufRead | { readonly reader: AsyncBufRead; readonly bound?: number | undefined };

/** What the reader and its factory can do. What is false switches off the cases that need it. */
export interface ReaderSupports {
  /** The reader has `abort`. Default: true. */
  abort?: boolean;
  /** The subject has `fail`. Default: true for layers. */
  fail?: boolean;
  /** The subject has `taken` and `bound`. Default: true for layers. */
  bound?: boolean;
  /** The subject has `isStopped`. Default: true for layers. */
  isStopped?: boolean;
}
