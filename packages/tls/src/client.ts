import { isIP } from "node:net";
import {
  connect as connectTls,
  createSecureContext,
  type ConnectionOptions,
  type TLSSocket,
} from "node:tls";
import type { Connection } from "@aw/core";
import { checkOptions, invalidArgument, type Schema } from "@aw/core/implementor";
import {
  CONNECT_OPTIONS,
  checkTarget,
  connectSocket,
  describeTarget,
  type ConnectOptions as SocketConnectOptions,
  type ConnectTarget,
} from "@aw/node";
import { connectionBase, socketBase, type Base } from "./base.ts";
import { handshake } from "./handshake.ts";
import { checkVersions, CLIENT_OPTIONS, OLDEST, type ClientOptions } from "./options.ts";
import { reported } from "./reported.ts";
import { TlsConnection, type TlsConnectionOptions } from "./tls-connection.ts";
import { usable } from "./usable.ts";

/** What `connect` can be given: the options of the socket, and those of a TLS client. */
export interface ConnectOptions extends SocketConnectOptions, ClientOptions {
  /** Gives up connecting, or shaking hands, when it fires. Has no meaning after that. */
  signal?: AbortSignal | undefined;
}

const TLS_CONNECT_OPTIONS: Schema<ConnectOptions> = { ...CLIENT_OPTIONS, ...CONNECT_OPTIONS };

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
  checkOptions("connect tls", options, TLS_CONNECT_OPTIONS);
  checkTarget("connect tls", target);
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
  checkOptions("tls client", options, CLIENT_OPTIONS);
  const ready = prepared(options);
  return shake(connectionBase(connection), ready);
}

/** Everything that can be wrong with the options is found before anybody is connected to. */
function prepared(options: ClientOptions): ClientOptions {
  checkVersions("tls", options);
  const { servername = "", rejectUnauthorized = true, checkServerIdentity } = options;
  if (servername === "" && rejectUnauthorized && checkServerIdentity === undefined) {
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
  const { checkServerIdentity, requireCloseNotify } = rest;
  const ofConnection = { ...ofSocket, requireCloseNotify };
  if (checkServerIdentity !== undefined) rest.checkServerIdentity = judging(checkServerIdentity);
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
    socket.once("secureConnect", () => resolve(new TlsConnection(socket, base, ofConnection)));
    socket.on("error", reject);
    if (keylog !== undefined) socket.on("keylog", reported(keylog));
    if (onSession !== undefined) socket.on("session", reported(onSession));
  });
}

/** A check that throws has not found the peer to be who it should be. */
function judging(check: Check): Check {
  return (host, certificate) => {
    try {
      return check(host, certificate);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  };
}

type Check = NonNullable<ClientOptions["checkServerIdentity"]>;
