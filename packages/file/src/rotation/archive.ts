/** The empty one: not compressed. Files that another run has compressed otherwise move along. */
export const USUAL_EXTENSIONS: readonly string[] = ["", ".gz", ".br", ".zst", ".xz", ".bz2"];

/** An old file of a log. */
export interface OldFile {
  /** Its path without what compression has added. */
  readonly base: string;
  /** What is there: "" for the plain file, ".gz" and the like for compressed ones. */
  readonly extensions: readonly string[];
}

/** Where a file has gone: its new base, or undefined if it was removed. */
export type MovedTo = (base: string) => string | undefined;

/** The old files of a log, and how they are named. */
export interface Archive {
  /** What is there, the oldest first. */
  list(): OldFile[];
  /** Makes the log an old file, in one rename; removes the oldest if there are too many. */
  admit(begun: number): { base: string; movedTo: MovedTo };
  /** Removes what is too many: more were kept before. */
  prune(): void;
}
