import type { Writable } from "node:stream";
import { CompletionEngine, Writer } from "@aw/core";
import { describeValue, invalidArgument } from "@aw/core/implementor";
import { isGone, NodeStreamDestination } from "./node-stream-destination.ts";

/**
 * A writer into a Node Writable: a file stream, an HTTP request or response, `process.stdout`, a zlib stream;
 * also into what only looks like one (streamx, middleware that wraps a response, streams older than Node's).
 *
 * Chunks go one at a time, each when the stream has called back for the one before, so at most
 * 64 KiB wait here and one chunk there, whatever its `highWaterMark`. Where nothing says that a stream calls
 * back, its backpressure counts instead: what `write` returns, and `drain`. Flush resolves when every chunk was
 * taken so; what that means is the stream's own affair. Close ends it and waits until it has finished; abort
 * destroys it. The stream's errors are this writer's.
 *
 * A stream that was destroyed before, as a response is whose client has left, makes a writer that has
 * failed with `ERR_AW_BROKEN_PIPE`, or with the stream's error.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if the stream has ended, or is not one that can be
 * written to: it needs `write`, `end` and `on`
 */
export function fromNodeWritable(stream: Writable): NodeStreamWriter {
  for (const method of ["write", "end", "on"] as const) {
    if (typeof (stream as Writable | null | undefined)?.[method] === "function") continue;
    const got = describeValue(stream);
    throw invalidArgument(`fromNodeWritable: expected a Writable, ${got} has no ${method}()`);
  }
  const { writable = true, writableEnded } = stream as Partial<Writable>;
  if (!isGone(stream) && (!writable || writableEnded === true)) {
    throw invalidArgument("fromNodeWritable: the stream can't be written to, it has ended");
  }
  return new NodeStreamWriter(stream);
}

/** The writer of {@link fromNodeWritable}. */
export class NodeStreamWriter extends Writer {
  readonly #destination: NodeStreamDestination;

  constructor(stream: Writable) {
    const destination = new NodeStreamDestination(stream);
    super(new CompletionEngine(destination, { capacity: 64 * 1024 }));
    this.#destination = destination;
  }

  /**
   * Flushes, and hands the stream back: it stays open, and no listener of this writer is left on it. The
   * writer is closed then. Rejects as `close` does.
   */
  async release(): Promise<void> {
    await this.flush();
    this.#destination.keepsOpen = true;
    await this.close();
  }
}
