import { createServer, type Server } from "node:net";
import { AsyncWriteError } from "@aw/core";
import {
  formatAddress,
  FUNCTION,
  integer,
  invalidArgument,
  POSITIVE_COUNT,
  SIGNAL,
  throwIfAborted,
  type Schema,
} from "@aw/core/implementor";
import { NAME, nodeSocketOptions, SOCKET_OPTIONS, type SocketOptions } from "./socket-options.ts";

/** Options for connections are those of the connections that are accepted. */
export interface ListenOptions extends SocketOptions {
  /** The port; 0 for a free one. Default: 0. */
  port?: number | undefined;
  /** The address to listen on. Default: "127.0.0.1"; "::" for every address. */
  host?: string | undefined;
  /** Listens on a Unix-domain socket instead. */
  path?: string | undefined;
  /** How many connections the kernel keeps for us to accept. Default: 511. */
  backlog?: number | undefined;
  /** More connections than this at one time are refused with a reset. Default: no limit. */
  maxConnections?: number | undefined;
  /**
   * How many accepted connections may wait until the loop takes them; more are refused with a reset.
   * Default: 1,024.
   */
  maxWaiting?: number | undefined;
  /**
   * Called for each connection that came and was not accepted: too many are open or wait
   * (`ERR_AW_LIMIT`), or its handshake failed (`ERR_AW_TLS`, ...). The listener goes on, also if it throws:
   * then the process emits a warning. Connections that come while no descriptor is free are cut off by libuv,
   * without an event.
   */
  onRefused?: ((error: AsyncWriteError) => void) | undefined;
  /** Aborts the listener when it fires. */
  signal?: AbortSignal | undefined;
}

/** The rules of {@link ListenOptions}, for `checkOptions` of a transport. */
export const LISTEN_OPTIONS: Schema<ListenOptions> = {
  ...SOCKET_OPTIONS,
  port: integer(0, 65_535),
  host: NAME,
  path: NAME,
  backlog: POSITIVE_COUNT,
  maxConnections: POSITIVE_COUNT,
  maxWaiting: POSITIVE_COUNT,
  onRefused: FUNCTION,
  signal: SIGNAL,
};

/**
 * Listens with a Node server for a transport, and resolves once it does.
 *
 * The options have been checked, by a transport that may have more of them.
 *
 * Rejects with `ERR_AW_CONNECT` (address in use, no permission), `ERR_AW_ABORTED`, or
 * `ERR_AW_INVALID_ARGUMENT`; Node's error is the cause.
 *
 * @param transport what the messages call it: "tcp", "tls"
 */
export async function listenSocket(transport: string, options: ListenOptions): Promise<Server> {
  const { port = 0, host = "127.0.0.1", path, backlog = 511, signal } = options;
  const where = path === undefined ? formatAddress(host, port) : `unix ${path}`;
  const name = `listen ${transport} ${where}`;
  throwIfAborted(name, signal);
  const server = createServer({ allowHalfOpen: true, ...nodeSocketOptions(options) });
  await new Promise<void>((resolve, reject) => {
    const onError = (cause: NodeJS.ErrnoException): void => {
      const inUse = cause.code === "EADDRINUSE" ? "; is another server running there?" : "";
      reject(new AsyncWriteError("ERR_AW_CONNECT", `${name}: ${cause.message}${inUse}`, { cause }));
    };
    server.once("error", onError);
    try {
      server.listen(path === undefined ? { port, host, backlog } : { path, backlog }, () => {
        server.off("error", onError);
        resolve();
      });
    } catch (cause) {
      reject(invalidArgument(`${name}: ${(cause as Error).message}`, cause));
    }
  });
  if (signal?.aborted) server.close();
  throwIfAborted(name, signal);
  return server;
}
