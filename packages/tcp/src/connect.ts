import { checkOptions } from "@aw/core/implementor";
import {
  CONNECT_OPTIONS,
  connectSocket,
  describeTarget,
  type ConnectOptions,
  type ConnectTarget,
} from "@aw/node";
import { TcpConnection } from "./tcp-connection.ts";

/**
 * Connects to whichever address of the host answers first (RFC 8305): an attempt begins `attemptDelay` after
 * the one before, or as soon as one has failed, and all go on until one is connected.
 *
 * Rejects with `ERR_AW_CONNECT` (refused, unreachable, not resolvable), `ERR_AW_TIMEOUT`,
 * `ERR_AW_ABORTED`, or `ERR_AW_INVALID_ARGUMENT`; Node's error is the cause.
 */
export async function connect(
  target: ConnectTarget,
  options: ConnectOptions = {},
): Promise<TcpConnection> {
  checkOptions("connect tcp", options, CONNECT_OPTIONS);
  const socket = await connectSocket("tcp", target, options);
  return new TcpConnection(socket, describeTarget("tcp", target), options);
}
