import { Duplex, Readable, type DuplexOptions } from "node:stream";
import type { Connection } from "@aw/core";
import { toNodeWritable } from "./to-node-writable.ts";

export type ToNodeDuplexOptions = Pick<
  DuplexOptions,
  "readableHighWaterMark" | "writableHighWaterMark"
>;

/**
 * A Connection as a Node Duplex: for code that wants a socket. Each direction ends by itself; destroying
 * it aborts the connection. Errors of either direction destroy it.
 */
export function toNodeDuplex(connection: Connection, options: ToNodeDuplexOptions = {}): Duplex {
  const { readableHighWaterMark, writableHighWaterMark } = options;
  const writable = toNodeWritable(connection, { highWaterMark: writableHighWaterMark });
  const readable = Readable.fromWeb(connection.readable, {
    highWaterMark: readableHighWaterMark,
  });
  return Duplex.from({ writable, readable });
}
