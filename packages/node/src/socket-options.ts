import { isIP } from "node:net";
import {
  BOOLEAN,
  either,
  integer,
  MAX_TIMER_MS,
  MILLISECONDS,
  oneOf,
  type Rule,
  type Schema,
} from "@aw/core/implementor";

/** The options of every connection over a socket, accepted or connected. */
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
  /**
   * Milliseconds for which a connection that was closed, and then aborted or disposed of, waits for the
   * peer's end while nothing comes of it; six times as long in all. 0 drops it at once, and with it what the
   * kernel has not sent. Default: 5,000.
   */
  linger?: number | undefined;
}

/** The rules of {@link SocketOptions}, for `checkOptions` of a transport. */
export const SOCKET_OPTIONS: Schema<SocketOptions> = {
  noDelay: BOOLEAN,
  keepAlive: either(oneOf(false), MILLISECONDS),
  idleTimeout: MILLISECONDS,
  linger: integer(0, MAX_TIMER_MS),
};

/** A host name or a path. Node takes the empty one for a default. */
export const NAME: Rule = {
  allowed: "a string that is not empty",
  accepts: (value) => typeof value === "string" && value !== "",
};

export const ADDRESS: Rule = {
  allowed: "an IP address",
  accepts: (value) => typeof value === "string" && isIP(value) !== 0,
};

/** What Node wants to hear for `noDelay` and `keepAlive`. */
export function nodeSocketOptions({ noDelay = true, keepAlive = false }: SocketOptions): {
  noDelay: boolean;
  keepAlive: boolean;
  keepAliveInitialDelay: number;
} {
  return {
    noDelay,
    keepAlive: keepAlive !== false,
    keepAliveInitialDelay: keepAlive === false ? 0 : keepAlive,
  };
}
