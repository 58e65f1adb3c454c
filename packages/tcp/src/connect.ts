import { connect as connectSocket, type Socket } from "node:net";
import { AsyncWriteError } from "@aw/core";
import { formatAddress } from "./address.ts";
import { TcpConnection } from "./tcp-connection.ts";

/** Where to connect to: a host and port, or the path of a Unix-domain socket. */
export type ConnectTarget =
  | {
      /** A name or an address. Default: "localhost". */
      host?: string | undefined;
      port: number;
    }
  | { path: string };

export interface ConnectOptions {
  /** Sends small segments at once (TCP_NODELAY). Default: true; writes are gathered anyway. */
  noDelay?: boolean | undefined;
  /** Probes an idle peer after this many milliseconds; false for never. Default: false. */
  keepAlive?: number | false | undefined;
  /** Gives up connecting after this many milliseconds. Default: the operating system's time. */
  timeout?: number | undefined;
  /** Gives up connecting when it fires. Has no meaning after that. */
  signal?: AbortSignal | undefined;
  /** The local address to connect from. */
  localAddress?: string | undefined;
}

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
  const { signal } = options;
  const path = "path" in target ? target.path : undefined;
  const name = describeTarget(target);
  if (signal?.aborted) throw aborted(name, signal);
  const socket = open(target, options, name);
  await connected(socket, name, options);
  return new TcpConnection(socket, path);
}

function open(target: ConnectTarget, options: ConnectOptions, name: string): Socket {
  const { noDelay = true, keepAlive = false, timeout, localAddress } = options;
  if (timeout !== undefined && !(timeout > 0)) {
    throw invalid(`timeout must be a positive count of milliseconds, got ${timeout}`);
  }
  const common = {
    allowHalfOpen: true,
    noDelay,
    keepAlive: keepAlive !== false,
    ...(keepAlive === false ? {} : { keepAliveInitialDelay: keepAlive }),
    ...(localAddress === undefined ? {} : { localAddress }),
  };
  try {
    return "path" in target
      ? connectSocket({ path: target.path, ...common })
      : connectSocket({ host: target.host ?? "localhost", port: target.port, ...common });
  } catch (error) {
    throw invalid(`connect ${name}: ${(error as Error).message}`, error);
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

function describeTarget(target: ConnectTarget): string {
  return "path" in target
    ? `unix ${target.path}`
    : `tcp ${formatAddress(target.host ?? "localhost", target.port)}`;
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

function invalid(message: string, cause?: unknown): AsyncWriteError {
  return new AsyncWriteError("ERR_AW_INVALID_ARGUMENT", message, { cause });
}
