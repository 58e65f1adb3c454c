import { isIP } from "node:net";
import {
  connect as connectTls,
  createSecureContext,
  type ConnectionOptions,
  type TLSSocket,
} from "node:tls";
import type { Connection } from "@aw/core";
import {
  checkType,
  connectSocket,
  describeTarget,
  invalidArgument,
  type ConnectOptions as SocketConnectOptions,
  type ConnectTarget,
} from "@aw/node";
import { connectionBase, socketBase, type Base } from "./base.ts";
import { handshake } from "./handshake.ts";
import { checkHandshake, OLDEST, type ClientOptions } from "./options.ts";
import { TlsConnection, type TlsConnectionOptions } from "./tls-connection.ts";
import { usable } from "./usable.ts";

export interface ConnectOptions extends SocketConnectOptions, ClientOptions {
  signal?: AbortSignal | undefined;
}

/**
 * Connects to a TLS server. Resolves once the handshake is done and the server's certificate verified
 * against `servername` (default: the host).
 *
 * Rejects with `ERR_AW_TLS` (the reason in words, Node's error as cause), `ERR_AW_TRUNCATED` if the
 * server closed during the handshake, and as TCP does: `ERR_AW_CONNECT`, `ERR_AW_TIMEOUT`,
 * `ERR_AW_ABORTED`, `ERR_AW_INVALID_ARGUMENT`.
 */
export async function connect(
  target: ConnectTarget,
  options: ConnectOptions = {},
): Promise<TlsConnection> {
  const host = "path" in target ? undefined : (target.host ?? "localhost");
  const ready = prepared({ ...options, servername: options.servername ?? host });
  const socket = await connectSocket("tls", target, options);
  const name = describeTarget("tcp", target);
  return shake(socketBase(socket, name), ready, options);
}

/**
 * Speaks TLS, as the client, over a connection of any kind: TCP, a WebSocket, an in-memory pair. The
 * connection belongs to TLS from now on. Resolves once the handshake is done.
 *
 * Rejects with `ERR_AW_TLS`, `ERR_AW_TRUNCATED`, `ERR_AW_TIMEOUT`, `ERR_AW_ABORTED`, the connection's
 * own error, or with `ERR_AW_INVALID_ARGUMENT`: without a `servername` nothing could be verified.
 */
export async function client(
  connection: Connection,
  options: ClientOptions,
): Promise<TlsConnection> {
  const ready = prepared(options);
  return shake(connectionBase(connection), ready);
}

/** Everything that can be wrong with the options is found before anybody is connected to. */
function prepared(options: ClientOptions): ClientOptions {
  checkHandshake(options);
  checkType("onSession", options.onSession, "function");
  checkType("checkServerIdentity", options.checkServerIdentity, "function");
  checkType("servername", options.servername, "string");
  const { servername, rejectUnauthorized = true, checkServerIdentity } = options;
  if (servername === undefined && rejectUnauthorized && checkServerIdentity === undefined) {
    throw invalidArgument("tls: give `servername`, the host whose certificate is expected");
  }
  // To Node, an option that is there and undefined is not always one that is left out.
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const ready: ClientOptions = { minVersion: OLDEST, ...Object.fromEntries(given) };
  ready.secureContext ??= usable(() => createSecureContext(ready as ConnectionOptions));
  return ready;
}

async function shake(
  base: Base,
  options: ClientOptions,
  ofSocket: TlsConnectionOptions = {},
): Promise<TlsConnection> {
  const { servername = "", handshakeTimeout, signal, keylog, onSession, ...rest } = options;
  return handshake(base, { handshakeTimeout, signal }, (resolve, reject) => {
    let socket: TLSSocket;
    try {
      socket = connectTls({
        ...rest,
        socket: base.duplex,
        allowHalfOpen: true,
        // An address is verified, but has no place in SNI (RFC 6066, section 3).
        host: servername,
        servername: isIP(servername) === 0 ? servername : "",
      } as ConnectionOptions);
    } catch (error) {
      reject(invalidArgument(`tls: ${(error as Error).message}`, error));
      return;
    }
    socket.once("secureConnect", () => resolve(new TlsConnection(socket, base, ofSocket)));
    socket.on("error", reject);
    if (keylog !== undefined) socket.on("keylog", keylog);
    if (onSession !== undefined) socket.on("session", onSession);
  });
}
