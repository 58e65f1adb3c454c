import { Duplex, Readable, type DuplexOptions } from "node:stream";
import type { Connection } from "@aw/core";
import {
  checkOptions,
  checkWriter,
  COUNT,
  invalidArgument,
  type Schema,
} from "@aw/core/implementor";
import { toNodeWritable } from "./to-node-writable.ts";

/**
 * What `toNodeDuplex` can be given: the sizes of the buffers of both directions, in bytes. The Duplex of Node that
 * joins them has buffers of its own beside these.
 */
export type ToNodeDuplexOptions = Pick<
  DuplexOptions,
  "readableHighWaterMark" | "writableHighWaterMark"
>;

const OPTIONS: Schema<ToNodeDuplexOptions> = {
  readableHighWaterMark: COUNT,
  writableHighWaterMark: COUNT,
};

/**
 * A Connection as a Node Duplex: for code that wants a socket. Each direction ends by itself; destroying
 * it aborts the connection. Errors of either direction destroy it.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if the connection has no `readable`, or a reader of
 * it is held; nothing has been begun then
 */
export function toNodeDuplex(connection: Connection, options: ToNodeDuplexOptions = {}): Duplex {
  // Whatever could be refused later would leave half an adapter subscribed to the connection.
  checkOptions("toNodeDuplex", options, OPTIONS);
  checkReadable(connection);
  const { readableHighWaterMark, writableHighWaterMark } = options;
  const writable = toNodeWritable(connection, { highWaterMark: writableHighWaterMark });
  const readable = Readable.fromWeb(connection.readable, {
    highWaterMark: readableHighWaterMark,
  });
  return Duplex.from({ writable, readable });
}

function checkReadable(connection: Connection): void {
  checkWriter("toNodeDuplex", connection);
  const { readable } = connection;
  if (!(readable instanceof ReadableStream)) {
    throw invalidArgument(`${connection}: it has no readable stream; is it a Connection?`);
  }
  if (readable.locked) {
    const remedy = "release the reader (releaseLock) before handing the connection on";
    throw invalidArgument(`${connection}: its readable is locked by another reader; ${remedy}`);
  }
}
