import type { Writable } from "node:stream";

/**
 * Whether it is a request or a response of Node's HTTP. Asked of the platform by name: an import of `node:http`
 * would load HTTP, and undici with it, into every program that has a socket, which takes 30 ms and 2.6 MB. A Node
 * that can't be asked (22.0 to 22.2) knows none: the stream's backpressure counts instead.
 */
export function isOutgoingMessage(stream: Writable): boolean {
  const { OutgoingMessage } = process.getBuiltinModule?.("node:http") ?? {};
  return OutgoingMessage !== undefined && stream instanceof OutgoingMessage;
}
