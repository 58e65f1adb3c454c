import type { Route } from "../live/snapshot.ts";

/** A server that listens. */
export interface Serving {
  readonly route: Route;
  /** As people write it: "tcp://127.0.0.1:9000". */
  readonly address: string;
  /** How many connections are open. */
  readonly connections: number;
  /** Accepts no more; resolves when those that are open have ended, at the deadline by force. */
  close(deadlineMs: number): Promise<void>;
  /** Cuts off those that are open, also while `close` waits for them. */
  abort(): void;
}

/** Where a server listens, and for whom. */
export interface ListenLimits {
  /** More connections at a time are refused. */
  maxConnections?: number | undefined;
  /** A connection without a byte for so long is dropped, in milliseconds. */
  idleTimeout?: number | undefined;
}

interface Listener {
  readonly connections: number;
  close(options: { deadline: number }): Promise<void>;
  abort(): void;
}

/** @param served resolves when the listener is closed and its last connection was served */
export function servingOf(
  route: Route,
  address: string,
  listener: Listener,
  served: Promise<unknown>,
): Serving {
  return {
    route,
    address,
    get connections() {
      return listener.connections;
    },
    async close(deadline) {
      await listener.close({ deadline });
      await served;
    },
    abort: () => listener.abort(),
  };
}
