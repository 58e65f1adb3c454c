import { checkOptions } from "@aw/core/implementor";
import {
  ConnectionListener,
  describePeer,
  LISTEN_OPTIONS,
  listenSocket,
  type ListenOptions,
} from "@aw/node";
import { TcpConnection } from "./tcp-connection.ts";

/** A server's end: iterate over it for its connections. */
export type TcpListener = ConnectionListener<TcpConnection>;

/**
 * Listens, and resolves once it does.
 *
 * ```ts
 * await using listener = await listen({ port: 9000 });
 * for await (const connection of listener) void serve(connection);
 * ```
 *
 * Rejects with `ERR_AW_CONNECT` (address in use, no permission), `ERR_AW_ABORTED`, or
 * `ERR_AW_INVALID_ARGUMENT`; Node's error is the cause.
 */
export async function listen(options: ListenOptions = {}): Promise<TcpListener> {
  checkOptions("listen tcp", options, LISTEN_OPTIONS);
  const { maxConnections, maxWaiting, onRefused, signal } = options;
  return new ConnectionListener(await listenSocket("tcp", options), {
    transport: "tcp",
    maxConnections,
    maxWaiting,
    onRefused,
    signal,
    accept: (socket, path) => new TcpConnection(socket, describePeer("tcp", socket, path), options),
  });
}
