import type { Duplex } from "node:stream";
import { AsyncWriteError, type Connection } from "@aw/core";
import { DuplexConnection } from "./duplex-connection.ts";

/**
 * A Node Duplex (a socket, a pipe to a child process, one half of a `duplexPair`) as a Connection:
 * a writer with a `readable`. Make sockets with `allowHalfOpen: true`, or closing one direction
 * closes both.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if it can't be written to any more
 */
export function fromNodeDuplex(duplex: Duplex): Connection {
  if (!duplex.writable) {
    const message = "the duplex can't be written to: it has ended, failed, or is not a Duplex";
    throw new AsyncWriteError("ERR_AW_INVALID_ARGUMENT", message);
  }
  return new DuplexConnection(duplex);
}
