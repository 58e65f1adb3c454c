import type { Writer } from "./writer.ts";

/**
 * Both directions of a duplex transport. Closing the writer is a half-close where the transport
 * has one: the peer sees the end and can still answer, and `readable` goes on.
 */
export type Connection = Writer & {
  /** What the peer sends, with backpressure: a reader that stops makes the peer stop. */
  readonly readable: ReadableStream<Uint8Array>;
};
