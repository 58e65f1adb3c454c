import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { AsyncWriteError } from "@aw/core";
import {
  checkOptions,
  formatAddress,
  integer,
  invalidArgument,
  POSITIVE_COUNT,
  reportThrown,
  SIGNAL,
  STRING,
  throwIfAborted,
  type Schema,
} from "@aw/core/implementor";
import type { Message } from "../../link/messages.ts";
import type { AcceptedConnection, AcceptedMessages } from "./accepted.ts";
import { ACCEPT_OPTIONS } from "./accept-options.ts";
import {
  ATTACH_MESSAGES_OPTIONS,
  attachWith,
  bytes,
  wholeMessages,
  type AttachMessagesOptions,
  type AttachOptions,
} from "./attach.ts";
import type { Acceptable, WebSocketListener } from "./websocket-listener.ts";

/** Where to listen. */
interface ListenAt {
  /** The port; 0 for a free one. Default: 0. */
  port?: number | undefined;
  /** The address to listen on. Default: "127.0.0.1"; "::" for every address. */
  host?: string | undefined;
  /** How many connections the kernel queues until they are accepted. Default: 511. */
  backlog?: number | undefined;
  /** Aborts the listener when it fires. */
  signal?: AbortSignal | undefined;
}

/** What `listen` can be given: the options of `attach`, and where to listen. */
export interface ListenOptions<T = unknown> extends AttachOptions<T>, ListenAt {}

/** What `listenMessages` can be given: the options of `attachMessages`, and where to listen. */
export interface ListenMessagesOptions<M extends Message = Message, T = unknown>
  extends AttachMessagesOptions<M, T>, ListenAt {}

const LISTEN_AT: Schema<ListenAt> = {
  port: integer(0, 65_535),
  // To Node, the empty one is every address there is.
  host: {
    allowed: "a string that is not empty",
    accepts: (value) => STRING.accepts(value) && value !== "",
  },
  backlog: POSITIVE_COUNT,
  signal: SIGNAL,
};

/**
 * Listens for WebSockets (RFC 6455) with an HTTP server of its own, which answers requests without an
 * upgrade with 426. Resolves with the listener once it listens.
 *
 * Rejects with
 * - `ERR_AW_CONNECT`: the address is in use, or not permitted; Node's error is the cause
 * - `ERR_AW_ABORTED`: `signal` fired
 * - `ERR_AW_INVALID_ARGUMENT`: an option that can't be meant
 *
 * Cancellation: `signal` aborts the listener, also later, with its connections.
 */
export async function listen<T = unknown>(
  options: ListenOptions<T> = {},
): Promise<WebSocketListener<AcceptedConnection<T>>> {
  const rules = { ...ACCEPT_OPTIONS, ...LISTEN_AT } as Schema<ListenOptions<T>>;
  checkOptions("listen", options, rules);
  return listenWith(options, (server) => attachWith(server, options, bytes(options)));
}

/**
 * Listens as `listen` does. The connections of the listener are `WebSocketMessages`, whole messages instead
 * of byte streams. Rejects, and is cancelled, as `listen`.
 */
export async function listenMessages<M extends Message = Message, T = unknown>(
  options: ListenMessagesOptions<M, T> = {},
): Promise<WebSocketListener<AcceptedMessages<M, T>>> {
  const rules = { ...ATTACH_MESSAGES_OPTIONS, ...LISTEN_AT };
  checkOptions("listenMessages", options, rules as Schema<typeof options>);
  const attached = { ...options, halfClose: false };
  return listenWith(options, (server) => attachWith(server, attached, wholeMessages(options)));
}

async function listenWith<C extends Acceptable>(
  { port = 0, host = "127.0.0.1", backlog = 511, signal }: ListenAt,
  attachTo: (server: Server) => WebSocketListener<C>,
): Promise<WebSocketListener<C>> {
  const attempt = `listen websocket ${formatAddress(host, port)}`;
  throwIfAborted(attempt, signal);
  const server = createServer((_request, response) => {
    response.writeHead(426, { Connection: "close", Upgrade: "websocket" });
    response.end("This is a WebSocket server.");
  });
  const listener = attachTo(server);
  listener.onStop(() => {
    server.close();
    // Those that have said nothing yet, or half a request. Upgraded ones are not among them.
    server.closeAllConnections();
  });
  try {
    server.listen({ port, host, backlog });
    await once(server, "listening");
  } catch (cause) {
    listener.abort();
    const message = `${attempt}: ${(cause as Error).message}`;
    if ((cause as NodeJS.ErrnoException).code?.startsWith("ERR_")) {
      throw invalidArgument(message, cause);
    }
    throw new AsyncWriteError("ERR_AW_CONNECT", message, { cause });
  }
  // Accepting continues after a failure such as EMFILE, with a warning.
  server.on("error", (cause) => reportThrown(new Error(`${listener}: accept failed`, { cause })));
  const onAbort = (): void => listener.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort);
  listener.onStop(() => signal?.removeEventListener("abort", onAbort));
  if (signal?.aborted) onAbort();
  throwIfAborted(attempt, signal);
  return listener;
}
