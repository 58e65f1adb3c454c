import type { Writer } from "../writer/writer.ts";
import type { Reader } from "./reader.ts";

/**
 * Both directions of a duplex transport. Closing the writer is a half-close where the transport
 * has one: the peer sees the end and can still answer, and the reader goes on.
 */
export type Connection = Writer & {
  /** What the peer sends, with backpressure: who stops reading makes the peer stop. Always the same one. */
  readonly reader: Reader;
  /** The same bytes as a stream of the platform: `reader.stream`, with the same errors. */
  readonly readable: ReadableStream<Uint8Array>;
};
