import type { Socket } from "node:net";
import { resetSocket, SocketConnection, type SocketOptions } from "@aw/node";

/**
 * One TCP or Unix-domain connection. `close()` sends FIN after the last byte: the peer sees the
 * end and can still answer. An abort or a failure resets, so that the peer can't take what it has for all.
 *
 * On Node 22 a reset that arrives together with data, after this end has closed its own direction, can't be told
 * from an end: let the bytes say themselves where they end (a length, a digest, a format with an end), or use TLS.
 */
export class TcpConnection extends SocketConnection {
  readonly #tcp: Socket;

  constructor(
    socket: Socket,
    name: string,
    options: Pick<SocketOptions, "idleTimeout" | "linger"> = {},
  ) {
    super(socket, socket, { name, idleTimeout: options.idleTimeout, linger: options.linger });
    this.#tcp = socket;
  }

  protected override destroy(): void {
    // A FIN would tell the peer that it has everything.
    resetSocket(this.#tcp);
  }
}
