import { connect, type Socket } from "node:net";
import { AsyncWriteError } from "@aw/core";
import { invalidArgument, checkMilliseconds } from "./check-options.ts";
import { formatAddress } from "./socket-address.ts";

/** Where to connect to: a host and port, or the path of a Unix-domain socket. */
export type ConnectTarget =
  | {
      /** A name or an address. Default: "localhost". */
      host?: string | undefined;
      port: number;
    }
  | { path: string };

/** What every connection over a socket can be told, whoever opens it. */
export interface SocketOptions {
  /** Sends small segments at once (TCP_NODELAY). Default: true; writes are gathered anyway. */
  noDelay?: boolean | undefined;
  /** Probes an idle peer after this many milliseconds; false for never. Default: false. */
  keepAlive?: number | false | undefined;
  /**
   * Fails a connection with `ERR_AW_TIMEOUT` when for this many milliseconds no byte has come or
   * gone. Default: never.
   */
  idleTimeout?: number | undefined;
}

export interface ConnectOptions extends SocketOptions {
  /** Gives up connecting after this many milliseconds. Default: the operating system's time. */
  timeout?: number | undefined;
  /** Gives up connecting when it fires. Has no meaning after that. */
  signal?: AbortSignal | undefined;
  /** The local address to connect from. */
  localAddress?: string | undefined;
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
  if (options.signal?.aborted) throw aborted(name, options.signal);
  checkMilliseconds("timeout", options.timeout);
  checkMilliseconds("idleTimeout", options.idleTimeout);
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

/** What Node wants to hear for `noDelay` and `keepAlive`. */
export function nodeSocketOptions({ noDelay = true, keepAlive = false }: SocketOptions): {
  noDelay: boolean;
  keepAlive: boolean;
  keepAliveInitialDelay: number;
} {
  if (keepAlive !== false) checkMilliseconds("keepAlive", keepAlive);
  return {
    noDelay,
    keepAlive: keepAlive !== false,
    keepAliveInitialDelay: keepAlive === false ? 0 : keepAlive,
  };
}

function open(target: ConnectTarget, options: ConnectOptions, name: string): Socket {
  const { localAddress } = options;
  const common = {
    allowHalfOpen: true,
    ...nodeSocketOptions(options),
    ...(localAddress === undefined ? {} : { localAddress }),
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
    const onError = (error: Error): void => giveUp(refusal(name, error));
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

/** What to do about the failures that people meet. */
const REMEDIES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "refused; is the server running?",
  ENOTFOUND: "the host name can't be resolved; is it spelled right?",
  EAI_AGAIN: "the host name can't be resolved now; is the network up?",
  ENOENT: "there is no such socket; is the server running?",
  EHOSTUNREACH: "the host is unreachable; is the network up?",
  ENETUNREACH: "the network is unreachable; is it up?",
  ETIMEDOUT: "no answer; is the host reachable?",
  ECONNRESET: "reset by the peer; does it refuse this client?",
};

function refusal(name: string, cause: Error): AsyncWriteError {
  const { code = "" } = cause as NodeJS.ErrnoException;
  const message = `connect ${name}: ${REMEDIES[code] ?? cause.message}`;
  return new AsyncWriteError(code === "ETIMEDOUT" ? "ERR_AW_TIMEOUT" : "ERR_AW_CONNECT", message, {
    cause,
  });
}

function aborted(name: string, signal: AbortSignal): AsyncWriteError {
  const message = `connect ${name}: aborted by its signal`;
  return new AsyncWriteError("ERR_AW_ABORTED", message, { cause: signal.reason });
}
