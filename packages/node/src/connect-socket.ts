import { connect, type LookupFunction, type Socket } from "node:net";
import { AsyncWriteError } from "@aw/core";
import { checkMilliseconds, checkSignal, checkType, invalidArgument } from "./check-options.ts";
import { connectFailure } from "./connect-failure.ts";
import { formatAddress } from "./socket-address.ts";
import { checkSocketOptions, nodeSocketOptions, type SocketOptions } from "./socket-options.ts";

/** Where to connect to: a host and port, or the path of a Unix-domain socket. */
export type ConnectTarget =
  | {
      /** A name or an address. Default: "localhost". */
      host?: string | undefined;
      port: number;
    }
  | { path: string };

export interface ConnectOptions extends SocketOptions {
  /** Gives up connecting after this many milliseconds. Default: the operating system's time. */
  timeout?: number | undefined;
  /** Gives up connecting when it fires. Has no meaning after that. */
  signal?: AbortSignal | undefined;
  /** The local address to connect from. */
  localAddress?: string | undefined;
  /** Resolves the host instead of `dns.lookup`: a cache, a service registry. */
  lookup?: LookupFunction | undefined;
}

/**
 * Connects a Node socket for a transport, trying the addresses of the host side by side (RFC 8305).
 * Resolves once connected. Its halves end one by one (`allowHalfOpen`).
 *
 * Rejects with `ERR_AW_CONNECT` (refused, unreachable, not resolvable), `ERR_AW_TIMEOUT`,
 * `ERR_AW_ABORTED`, or `ERR_AW_INVALID_ARGUMENT`; Node's error is the cause.
 *
 * @param transport what the messages call it: "tcp", "tls"
 */
export async function connectSocket(
  transport: string,
  target: ConnectTarget,
  options: ConnectOptions,
): Promise<Socket> {
  const name = describeTarget(transport, target);
  checkSignal(options.signal);
  checkMilliseconds("timeout", options.timeout);
  checkType("lookup", options.lookup, "function");
  checkSocketOptions(options);
  if (options.signal?.aborted) throw aborted(name, options.signal);
  const socket = open(target, options, name);
  await connected(socket, name, options);
  return socket;
}

/** "tcp logs.example:9443", or "unix /run/log.sock". */
export function describeTarget(transport: string, target: ConnectTarget): string {
  return "path" in target
    ? `${transport === "tcp" ? "" : `${transport} `}unix ${target.path}`
    : `${transport} ${formatAddress(target.host ?? "localhost", target.port)}`;
}

function open(target: ConnectTarget, options: ConnectOptions, name: string): Socket {
  const { localAddress, lookup } = options;
  const common = {
    allowHalfOpen: true,
    ...nodeSocketOptions(options),
    // Whatever the default of the process is.
    autoSelectFamily: true,
    ...(localAddress === undefined ? {} : { localAddress }),
    ...(lookup === undefined ? {} : { lookup }),
  };
  try {
    return "path" in target
      ? connect({ path: target.path, ...common })
      : connect({ host: target.host ?? "localhost", port: target.port, ...common });
  } catch (error) {
    throw invalidArgument(`connect ${name}: ${(error as Error).message}`, error);
  }
}

function connected(socket: Socket, name: string, options: ConnectOptions): Promise<void> {
  const { signal, timeout } = options;
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      socket.off("connect", onConnect);
      socket.off("error", onError);
    };
    const giveUp = (error: AsyncWriteError): void => {
      settle();
      // Attempts that are still under way may fail after the answer; nobody asks for those any more.
      socket.on("error", () => {});
      socket.destroy();
      reject(error);
    };
    const onConnect = (): void => {
      settle();
      resolve();
    };
    const onError = (error: Error): void => giveUp(connectFailure(name, error));
    const onAbort = (): void => giveUp(aborted(name, signal as AbortSignal));
    const onTimeout = (): void => {
      const message = `connect ${name}: no answer within ${timeout} ms; is the host reachable?`;
      giveUp(new AsyncWriteError("ERR_AW_TIMEOUT", message));
    };
    const timer = timeout === undefined ? undefined : setTimeout(onTimeout, timeout);
    signal?.addEventListener("abort", onAbort, { once: true });
    socket.on("connect", onConnect);
    socket.on("error", onError);
  });
}

function aborted(name: string, signal: AbortSignal): AsyncWriteError {
  const message = `connect ${name}: aborted by its signal`;
  return new AsyncWriteError("ERR_AW_ABORTED", message, { cause: signal.reason });
}
