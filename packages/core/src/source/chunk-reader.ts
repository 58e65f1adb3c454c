/** One way to read every kind of source. */
export interface ChunkReader {
  /** The next chunk, or undefined at the end. Rejects with the error of the source. */
  next(): Promise<unknown>;
  /** The same without a promise, where the source never waits: an iterable that is not async. */
  nextNow?(): unknown;
  /** Gives the source up before its end. Does not wait for it, and never throws. */
  cancel(reason: unknown): void;
}
