/**
 * Between `AsyncWrite` and Node's streams.
 *
 * @packageDocumentation
 */
export { DuplexConnection } from "./duplex-connection.ts";
export { readableStreamOf } from "./readable-stream-of.ts";
