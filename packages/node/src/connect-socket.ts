import { connect, type LookupFunction, type Socket } from "node:net";
import { AsyncWriteError } from "@aw/core";
import {
  checkOptions,
  Deadline,
  formatAddress,
  FUNCTION,
  integer,
  MAX_TIMER_MS,
  MILLISECONDS,
  required,
  SIGNAL,
  throwIfAborted,
  type Schema,
} from "@aw/core/implementor";
import { connectFailure } from "./connect-failure.ts";
import { ConnectRace } from "./connect-race.ts";
import { resolveHost } from "./resolve-host.ts";
import {
  ADDRESS,
  NAME,
  nodeSocketOptions,
  SOCKET_OPTIONS,
  type SocketOptions,
} from "./socket-options.ts";

/** Where to connect to: a host and port, or the path of a Unix-domain socket. */
export type ConnectTarget =
  | {
      /** A name or an address. Default: "localhost". */
      host?: string | undefined;
      port: number;
    }
  | { path: string };

/** How a socket is connected: what `connect` of TCP and TLS can be given. */
export interface ConnectOptions extends SocketOptions {
  /** Gives up connecting after this many milliseconds. Default: the operating system's time. */
  timeout?: number | undefined;
  /** Gives up connecting when it fires. Has no meaning after that. */
  signal?: AbortSignal | undefined;
  /** The local address to connect from. */
  localAddress?: string | undefined;
  /** Resolves the host instead of `dns.lookup`: a cache, a service registry. */
  lookup?: LookupFunction | undefined;
  /**
   * Milliseconds without an answer after which the next address of the host is tried too, the earlier
   * ones going on (RFC 8305, section 5). Default: 250.
   */
  attemptDelay?: number | undefined;
}

/** What RFC 8305 recommends. */
const ATTEMPT_DELAY = 250;

/** The rules of {@link ConnectOptions}, for `checkOptions` of a transport. */
export const CONNECT_OPTIONS: Schema<ConnectOptions> = {
  ...SOCKET_OPTIONS,
  timeout: MILLISECONDS,
  signal: SIGNAL,
  localAddress: ADDRESS,
  lookup: FUNCTION,
  attemptDelay: integer(10, MAX_TIMER_MS),
};

const PORT_TARGET = { host: NAME, port: required(integer(1, 65_535)) };
const PATH_TARGET = { path: required(NAME) };

/** @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` */
export function checkTarget(what: string, target: ConnectTarget): void {
  const isPath = typeof target === "object" && target !== null && "path" in target;
  checkOptions(what, target, isPath ? PATH_TARGET : PORT_TARGET);
}

/**
 * Connects a Node socket for a transport, to whichever address of the host answers first (RFC 8305):
 * the families take turns, an attempt begins `attemptDelay` after the one before or as soon as one has
 * failed, and all go on until one is connected. Resolves with a socket whose halves end one by one
 * (`allowHalfOpen`).
 *
 * The options have been checked, by a transport that may have more of them.
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
  checkTarget(`connect ${transport}`, target);
  const name = describeTarget(transport, target);
  const attempt = `connect ${name}`;
  const { signal, timeout: ms } = options;
  throwIfAborted(attempt, signal);
  const race = new ConnectRace(options.attemptDelay ?? ATTEMPT_DELAY);
  const giveUp = (error: Error): void => race.abandon(error);
  const late = `no answer within ${ms} ms; is the host reachable?`;
  const isBounded = ms !== undefined || signal !== undefined;
  const deadline = isBounded ? new Deadline({ attempt, ms, signal, late }, giveUp) : undefined;
  attemptsOf(target, options).then((attempts) => race.begin(attempts), giveUp);
  try {
    return await race.winner;
  } catch (error) {
    throw AsyncWriteError.is(error) ? error : connectFailure(name, error as Error);
  } finally {
    deadline?.clear();
  }
}

/** The name that was made last: most connections of a program go to where the one before went, and keep their name. */
let lastName = "";

/** "tcp logs.example:9443", or "unix /run/log.sock". */
export function describeTarget(transport: string, target: ConnectTarget): string {
  if ("path" in target) return `${transport === "tcp" ? "" : `${transport} `}unix ${target.path}`;
  const { host = "localhost", port } = target;
  // A template would keep the parts.
  const name = [transport, formatAddress(host, port)].join(" ");
  if (name !== lastName) lastName = name;
  return lastName;
}

async function attemptsOf(
  target: ConnectTarget,
  options: ConnectOptions,
): Promise<(() => Socket)[]> {
  const { localAddress, lookup } = options;
  const common = { allowHalfOpen: true, ...nodeSocketOptions(options) };
  if ("path" in target) return [() => connect({ path: target.path, ...common })];
  const { host = "localhost", port } = target;
  const addresses = await resolveHost(host, lookup, localAddress);
  if (addresses.length === 0) {
    const of = localAddress === undefined ? "" : ` of the family of localAddress ${localAddress}`;
    throw Object.assign(new Error(`${host} has no address${of}`), { code: "ENODATA" });
  }
  return addresses.map(({ address }) => () => {
    const from = localAddress === undefined ? {} : { localAddress };
    return connect({ host: address, port, ...common, ...from });
  });
}
