import type { Socket } from "node:net";
import { SocketConnection, SocketDestination, type SocketOptions } from "@aw/node";

/**
 * One TCP or Unix-domain connection. `close()` sends FIN after the last byte: the peer sees the
 * end and can still answer. An abort or a failure resets, so that the peer can't take what it has for all.
 *
 * On Node 22 a reset that arrives together with data, after this end has closed its own direction, can't be told
 * from an end: let the bytes say themselves where they end (a length, a digest, a format with an end), or use TLS.
 */
export class TcpConnection extends SocketConnection {
  constructor(
    socket: Socket,
    name: string,
    { idleTimeout, linger }: Pick<SocketOptions, "idleTimeout" | "linger"> = {},
  ) {
    super(new SocketDestination(socket, { name, linger }), socket, { idleTimeout });
  }
}
