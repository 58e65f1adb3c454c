import { invalidArgument, checkMilliseconds, checkType } from "./check-options.ts";

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
  /**
   * Milliseconds for which a connection that was closed, and then aborted or disposed of, waits for the
   * peer's end while nothing comes of it; six times as long in all. 0 drops it at once, and with it what the
   * kernel has not sent. Default: 5,000.
   */
  linger?: number | undefined;
}

/** @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` */
export function checkSocketOptions({ noDelay, keepAlive, idleTimeout, linger }: SocketOptions): void {
  checkType("noDelay", noDelay, "boolean");
  checkMilliseconds("idleTimeout", idleTimeout);
  if (linger !== 0) checkMilliseconds("linger", linger);
  if (keepAlive === false) return;
  if ((keepAlive as unknown) === true) {
    throw invalidArgument("keepAlive must be milliseconds or false; true says not when to probe");
  }
  checkMilliseconds("keepAlive", keepAlive);
}

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
