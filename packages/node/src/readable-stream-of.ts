import type { Readable } from "node:stream";
import { Reading, type ReadingHooks } from "./reading.ts";

/** What `readableStreamOf` calls as it reads, and how it translates errors. */
export type ReadableStreamOfOptions = Partial<Omit<ReadingHooks, "toString">>;

/**
 * A ReadableStream of what a Node Readable brings. It takes nothing before the first read, and then
 * at most one chunk ahead: a reader that stops makes the peer stop, once the Readable's own buffer is
 * full. Errors come as AsyncWriteError, after the chunks before them.
 *
 * Cancelling discards what still comes, up to 1 MiB, so that the end of the stream is noticed; after
 * that the source is paused.
 */
export function readableStreamOf(
  source: Readable,
  describe: () => string,
  options: ReadableStreamOfOptions = {},
): ReadableStream<Uint8Array> {
  return new Reading(source, { ...options, toString: describe }).stream;
}
