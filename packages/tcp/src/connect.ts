import { connectSocket, describeTarget, type ConnectOptions, type ConnectTarget } from "@aw/node";
import { TcpConnection } from "./tcp-connection.ts";

/**
 * Connects, trying the addresses of the host side by side (RFC 8305). Resolves once connected.
 *
 * Rejects with `ERR_AW_CONNECT` (refused, unreachable, not resolvable), `ERR_AW_TIMEOUT`,
 * `ERR_AW_ABORTED`, or `ERR_AW_INVALID_ARGUMENT`; Node's error is the cause.
 */
export async function connect(
  target: ConnectTarget,
  options: ConnectOptions = {},
): Promise<TcpConnection> {
  const socket = await connectSocket("tcp", target, options);
  return new TcpConnection(socket, describeTarget("tcp", target), options);
}
