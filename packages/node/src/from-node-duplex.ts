import type { Duplex } from "node:stream";
import type { Connection } from "@aw/core";
import { invalidArgument } from "@aw/core/implementor";
import { DuplexConnection } from "./duplex-connection.ts";

/**
 * A Node Duplex (a socket, a pipe to a child process, one half of a `duplexPair`) as a Connection:
 * a writer with a `readable`. Make sockets with `allowHalfOpen: true`, or closing one direction
 * closes both.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if it can't be written to any more
 */
export function fromNodeDuplex(duplex: Duplex): Connection {
  if ((duplex as Duplex | null | undefined)?.writable !== true) {
    const what = "it has ended, failed, or is not a Duplex";
    throw invalidArgument(`fromNodeDuplex: the duplex can't be written to: ${what}`);
  }
  return new DuplexConnection(duplex);
}
