import type { Server } from "node:net";
import type { Connection } from "@aw/core";
import {
  ConnectionListener,
  describePeer,
  listenSocket,
  type ListenOptions as SocketListenOptions,
} from "@aw/node";
import { Acceptor } from "./acceptor.ts";
import { connectionBase, socketBase } from "./base.ts";
import type { Credentials, ServerOptions } from "./options.ts";
import type { TlsConnection } from "./tls-connection.ts";

export interface ListenOptions extends SocketListenOptions, ServerOptions {
  /** Aborts the listener when it fires. */
  signal?: AbortSignal | undefined;
}

/** A TLS server's end: iterate over it for connections whose handshake is done. */
export class TlsListener extends ConnectionListener<TlsConnection> {
  readonly #acceptor: Acceptor;

  constructor(sockets: Server, acceptor: Acceptor, options: ListenOptions) {
    const { maxConnections, onRefused, signal } = options;
    super(sockets, {
      transport: "tls",
      maxConnections,
      onRefused,
      signal,
      accept: (socket, path) => {
        const name = describePeer("tcp", socket, path);
        return acceptor.accept(() => socketBase(socket, name), options);
      },
    });
    this.#acceptor = acceptor;
  }

  /**
   * New certificates for the connections that come from now on; those that are open keep theirs. What is
   * not given stays; `hosts` replaces all hosts.
   *
   * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if they can't be used; the old ones stay
   */
  reload(credentials: Credentials): void {
    this.#acceptor.reload(credentials);
  }
}

/**
 * Listens for TLS connections, and resolves once it does. A handshake that fails is told to
 * `onRefused`, and the listener goes on.
 *
 * Rejects with `ERR_AW_CONNECT` (address in use, no permission), `ERR_AW_ABORTED`, or
 * `ERR_AW_INVALID_ARGUMENT` (certificates that can't be used); Node's error is the cause.
 */
export async function listen(options: ListenOptions): Promise<TlsListener> {
  const { signal: _ofListener, ...ofHandshakes } = options;
  const acceptor = new Acceptor(ofHandshakes);
  return new TlsListener(await listenSocket("tls", options), acceptor, options);
}

/**
 * Speaks TLS, as the server, over a connection of any kind: TCP, a WebSocket, an in-memory pair. The
 * connection belongs to TLS from now on. Resolves once the handshake is done.
 *
 * Rejects with `ERR_AW_TLS`, `ERR_AW_TRUNCATED`, `ERR_AW_TIMEOUT`, `ERR_AW_ABORTED`, the connection's
 * own error, or `ERR_AW_INVALID_ARGUMENT`.
 */
export async function server(
  connection: Connection,
  options: ServerOptions,
): Promise<TlsConnection> {
  return new Acceptor(options).accept(() => connectionBase(connection));
}
