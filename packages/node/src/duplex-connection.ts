import {
  CompletionEngine,
  Writer,
  type CompletionEngineOptions,
  type Connection,
  type Reader,
} from "@aw/core";
import type { DuplexDestination } from "./duplex-destination.ts";

/** Below this, in bytes, gathering for the next system call is faster, its copy included. */
const LEND = Object.freeze({ from: 256 * 1024, atMost: 256 * 1024 });

const OPTIONS: CompletionEngineOptions = Object.freeze({ lend: LEND });

/**
 * A Node Duplex as a Connection: a writer, and the `reader` of the peer's bytes.
 *
 * `abort()`, or leaving an `await using` block, releases both directions. After `close()` the connection
 * goes on in the background until the peer has ended too (the option `linger`), so that nothing
 * that was committed is lost.
 */
export class DuplexConnection extends Writer implements Connection {
  protected readonly destination: DuplexDestination;

  /** @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` for an option that can't be meant */
  constructor(destination: DuplexDestination, options: CompletionEngineOptions = OPTIONS) {
    super(
      new CompletionEngine(
        destination,
        options.lend === undefined ? { ...options, lend: LEND } : options,
      ),
    );
    this.destination = destination;
  }

  /**
   * The peer's bytes. Until you read, only the duplex's own buffer fills (its highWaterMark); then about
   * 64 KiB are read ahead.
   */
  get reader(): Reader {
    return this.destination.reader;
  }

  /** The same bytes as a stream of the platform: `reader.stream`. */
  get readable(): ReadableStream<Uint8Array> {
    return this.reader.stream;
  }
}
