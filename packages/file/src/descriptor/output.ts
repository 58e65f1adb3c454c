import type { Done } from "@aw/core";
import type { Durability } from "./io.ts";

/** Where the bytes of a `FileWriter` end up: one descriptor, or one file after another. */
export interface Output {
  /** Whether `settle` works here, or there is nothing to settle. */
  readonly settles: boolean;
  /** How many bytes the system has taken. */
  readonly bytesWritten: number;
  /** After `write` or `settle` has failed: what of its bytes the system did not take. */
  readonly unwritten: readonly Uint8Array[];
  /** Writes all of `bufs`, then answers. One call at a time; they are left as they are till then. */
  write(bufs: readonly Uint8Array[], done: Done): void;
  /**
   * Writes synchronously and returns how many bytes it wrote: all of them, or less if less fits;
   * a failure is thrown only if it wrote none.
   */
  writeNow(bufs: readonly Uint8Array[]): number;
  /**
   * Brings the write that is in flight to its end synchronously. Its own answer may come later.
   *
   * @param isPressing false if what is written next may as well wait behind it
   * @throws AsyncWriteError `ERR_AW_UNSUPPORTED` or `ERR_AW_TIMEOUT` if it is in flight still
   */
  settle(isPressing?: boolean): void;
  /** Waits until all is with the kernel, and as far as `durability` asks for it, on the disk. */
  sync(durability: Durability, done: Done): void;
  syncNow(durability: Durability): void;
  /** Close was asked for: no `sync` may wait any more for something that `close` gives up. */
  beginClose(): void;
  /** Ends in an orderly way. */
  close(done: Done): void;
  /** Releases everything, and calls `dropped` then: at once, or when no call uses it any more. */
  drop(dropped: () => void): void;
}
