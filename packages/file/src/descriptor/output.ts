import type { Done } from "@aw/core";

/** Where the bytes of a `FileWriter` end up: one descriptor, or one file after another. */
export interface Output {
  /** Whether `settle` works here, or there is nothing to settle. */
  readonly settles: boolean;
  /** Writes all of `bufs`, then answers. One call at a time; they are left as they are till then. */
  write(bufs: readonly Uint8Array[], done: Done): void;
  /**
   * Writes by this thread and returns how many bytes it wrote: all of them, or less if less fits;
   * a failure is thrown only if it wrote none.
   */
  writeNow(bufs: readonly Uint8Array[]): number;
  /** Writes all of `bufs` by this thread. */
  writeAllNow(bufs: readonly Uint8Array[]): void;
  /** Brings the write that is under way to its end by this thread; its answer may come later. */
  settle(): void;
  /** Waits for the disk. */
  sync(durability: "data" | "full", done: Done): void;
  syncNow(durability: "data" | "full"): void;
  /** Ends in an orderly way. */
  close(done: Done): void;
  /** Lets go at once, or as soon as no call uses the descriptor. */
  drop(): void;
}
