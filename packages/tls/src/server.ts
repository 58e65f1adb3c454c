import type { Server } from "node:net";
import type { Connection } from "@aw/core";
import { checkOptions, POSITIVE_COUNT, type Schema } from "@aw/core/implementor";
import {
  ConnectionListener,
  describePeer,
  LISTEN_OPTIONS,
  listenSocket,
  type ListenOptions as SocketListenOptions,
} from "@aw/node";
import { Acceptor } from "./acceptor.ts";
import { connectionBase, socketBase } from "./base.ts";
import { SERVER_OPTIONS, type Credentials, type ServerOptions } from "./options.ts";
import type { TlsConnection } from "./tls-connection.ts";

/** What `listen` can be given: the options of the socket, and those of a TLS server. */
export interface ListenOptions extends SocketListenOptions, ServerOptions {
  /**
   * How many handshakes may be under way at one time; more connections are refused with a reset.
   * Default: 1,024.
   */
  maxHandshakes?: number | undefined;
  /** Aborts the listener when it fires. */
  signal?: AbortSignal | undefined;
}

const TLS_LISTEN_OPTIONS: Schema<ListenOptions> = {
  ...SERVER_OPTIONS,
  ...LISTEN_OPTIONS,
  maxHandshakes: POSITIVE_COUNT,
};

const MAX_HANDSHAKES = 1024;

/** A TLS server's end: iterate over it for connections whose handshake is done. */
export class TlsListener extends ConnectionListener<TlsConnection> {
  readonly #acceptor: Acceptor;

  constructor(sockets: Server, handshakes: Acceptor, options: ListenOptions) {
    const { maxConnections, maxHandshakes = MAX_HANDSHAKES, maxWaiting } = options;
    super(sockets, {
      transport: "tls",
      maxConnections,
      maxHandshakes,
      maxWaiting,
      onRefused: options.onRefused,
      signal: options.signal,
      accept: (socket, path) => {
        const name = describePeer("tcp", socket, path);
        return handshakes.accept(() => socketBase(socket, name), options);
      },
    });
    this.#acceptor = handshakes;
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
 * Listens for TLS connections, and resolves once it does. For a handshake that fails `onRefused` is called,
 * and the listener goes on.
 *
 * Rejects with `ERR_AW_CONNECT` (address in use, no permission), `ERR_AW_ABORTED`, or
 * `ERR_AW_INVALID_ARGUMENT` (certificates that can't be used); Node's error is the cause.
 */
export async function listen(options: ListenOptions): Promise<TlsListener> {
  checkOptions("listen tls", options, TLS_LISTEN_OPTIONS);
  const { signal: _ofListener, ...ofHandshakes } = options;
  const handshakes = new Acceptor(ofHandshakes);
  return new TlsListener(await listenSocket("tls", options), handshakes, options);
}

/**
 * Speaks TLS, as the server, over a connection of any kind: TCP, a WebSocket, an in-memory pair. The
 * connection belongs to TLS from now on. Resolves once the handshake is done.
 *
 * For more than one connection make an {@link acceptor}: only so can clients resume their sessions.
 *
 * Rejects with `ERR_AW_TLS`, `ERR_AW_TRUNCATED`, `ERR_AW_TIMEOUT`, `ERR_AW_ABORTED`, the connection's
 * own error, or `ERR_AW_INVALID_ARGUMENT`.
 */
export async function server(
  connection: Connection,
  options: ServerOptions,
): Promise<TlsConnection> {
  return acceptor(options).accept(connection);
}

/** The server's end of TLS, over connections that come from elsewhere: see {@link acceptor}. */
export class TlsAcceptor {
  readonly #acceptor: Acceptor;

  constructor(options: ServerOptions) {
    checkOptions("tls server", options, SERVER_OPTIONS);
    this.#acceptor = new Acceptor(options);
  }

  /**
   * Speaks TLS over one connection, which is TLS's own from now on. Resolves once the handshake is done;
   * rejects as {@link server} does.
   *
   * @param options `signal` gives this handshake up
   */
  async accept(
    connection: Connection,
    options: { signal?: AbortSignal | undefined } = {},
  ): Promise<TlsConnection> {
    return this.#acceptor.accept(() => connectionBase(connection), undefined, options);
  }

  /** As {@link TlsListener.reload}. */
  reload(credentials: Credentials): void {
    this.#acceptor.reload(credentials);
  }
}

/**
 * The certificates and ticket keys for many handshakes: for servers that begin in the clear (STARTTLS), or
 * take their connections from a WebSocket listener. Clients can resume a session with any connection that
 * the same acceptor takes.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if the options or the certificates can't be used
 */
export function acceptor(options: ServerOptions): TlsAcceptor {
  return new TlsAcceptor(options);
}
