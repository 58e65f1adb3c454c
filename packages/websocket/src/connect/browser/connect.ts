import { AsyncWriteError } from "@aw/core";
import {
  BOOLEAN,
  checkOptions,
  Deadline,
  invalidArgument,
  listOf,
  MILLISECONDS,
  oneOf,
  SIGNAL,
  STRING,
  throwIfAborted,
  type Schema,
} from "@aw/core/implementor";
import { offers } from "../../link/half-close.ts";
import type { Link } from "../../link/link.ts";
import { WebSocketMessages, type Message } from "../../link/messages.ts";
import { CONNECTION_OPTIONS, type ConnectionOptions } from "../../link/options.ts";
import { PlatformLink, unreachable } from "../../link/platform-link.ts";
import { StreamLink, type PlatformWebSocketStream } from "../../link/stream-link.ts";
import { parseTarget, targetOf } from "../../link/target.ts";
import { WebSocketConnection } from "../../link/websocket-connection.ts";

/** How to connect, whatever comes of it. */
interface OpenOptions {
  /** Subprotocols to offer, the best first. The server has to take one. */
  protocols?: readonly string[] | undefined;
  /** Gives up connecting when it fires. Has no meaning after that. */
  signal?: AbortSignal | undefined;
  /** Gives up connecting after this many milliseconds. Default: 30,000. */
  timeout?: number | undefined;
  /**
   * Which API of the browser to use. "stream" is WebSocketStream, with backpressure for the reader too;
   * Chromium 156 crashes the page if the connection is cut while a write waits, and can lose the last messages
   * of a server that closes, unless `halfClose` is on. Default: "websocket".
   */
  transport?: "stream" | "websocket" | undefined;
}

/** What `connect` can be given in a browser. */
export interface ConnectOptions extends ConnectionOptions, OpenOptions {
  /** Offers the half-close, with each of the `protocols`. Default: false. */
  halfClose?: boolean | undefined;
}

/** What `connectMessages` can be given in a browser. */
export interface ConnectMessagesOptions<M extends Message = Message> extends OpenOptions {
  /** Allows only this kind; the other one is refused with 1003. Default: both. */
  type?: (M extends string ? "text" : "binary") | undefined;
  /** How long the peer may take to answer a close, in milliseconds. Default: 10,000. */
  closeTimeout?: number | undefined;
}

const OPEN_OPTIONS: Schema<OpenOptions> = {
  protocols: listOf(STRING),
  signal: SIGNAL,
  timeout: MILLISECONDS,
  transport: oneOf("stream", "websocket"),
};

const CONNECT_OPTIONS: Schema<ConnectOptions> = {
  ...CONNECTION_OPTIONS,
  ...OPEN_OPTIONS,
  halfClose: BOOLEAN,
};

const CONNECT_MESSAGES_OPTIONS: Schema<ConnectMessagesOptions> = {
  ...OPEN_OPTIONS,
  type: oneOf("text", "binary"),
  closeTimeout: MILLISECONDS,
};

/** What only a Node client can do: the browser decides, or hides it. */
const UNSUPPORTED = ["headers", "tls", "perMessageDeflate", "heartbeat", "maxPayload", "agent"];

interface Host {
  location?: { href: string };
  WebSocketStream?: new (
    url: string,
    options: { protocols: string[]; signal: AbortSignal },
  ) => PlatformWebSocketStream;
}

/**
 * Connects to a WebSocket server (RFC 6455). Resolves with the connection once the server has accepted
 * the upgrade; waits for that, at most `timeout`.
 *
 * Rejects with
 * - `ERR_AW_CONNECT`: refused or unreachable; the browser does not say which
 * - `ERR_AW_TIMEOUT`: no answer within `timeout`
 * - `ERR_AW_ABORTED`: `signal` fired
 * - `ERR_AW_UNSUPPORTED`: an option that browsers lack
 * - `ERR_AW_INVALID_ARGUMENT`: a URL, or an option, that can't be meant
 *
 * Cancellation: `signal` gives up connecting, and closes the socket. It has no meaning after that.
 *
 * @param url of `ws:`, `wss:`, `http:` or `https:`, or relative to the page, without a fragment
 */
export async function connect(
  url: string | URL,
  options: ConnectOptions = {},
): Promise<WebSocketConnection> {
  refuseUnsupported(options);
  checkOptions("connect", options, CONNECT_OPTIONS);
  const { protocols = [], halfClose = false, maxMessageBytes, closeTimeout } = options;
  return open(
    url,
    offers(protocols, halfClose),
    options,
    (link) => new WebSocketConnection(link, { maxMessageBytes, closeTimeout }),
  );
}

/**
 * Connects as `connect` does. Resolves with a connection of whole messages instead of a byte stream.
 * Rejects, and is cancelled, as `connect`.
 *
 * @param url of `ws:`, `wss:`, `http:` or `https:`, or relative to the page, without a fragment
 */
export async function connectMessages<M extends Message = Message>(
  url: string | URL,
  options: ConnectMessagesOptions<M> = {},
): Promise<WebSocketMessages<M>> {
  refuseUnsupported(options);
  checkOptions("connectMessages", options, CONNECT_MESSAGES_OPTIONS as Schema<typeof options>);
  const { protocols = [], type, closeTimeout } = options;
  return open(
    url,
    [...protocols],
    options,
    (link) => new WebSocketMessages<M>(link, { type, closeTimeout }),
  );
}

function refuseUnsupported(options: object): void {
  for (const name of UNSUPPORTED) {
    if ((options as Record<string, unknown>)[name] === undefined) continue;
    const message = `connect: a browser has no ${name} for WebSockets; leave it out`;
    throw new AsyncWriteError("ERR_AW_UNSUPPORTED", message);
  }
}

async function open<C>(
  url: string | URL,
  offered: string[],
  { timeout = 30_000, transport, signal }: OpenOptions,
  make: (link: Link) => C,
): Promise<C> {
  const { WebSocketStream, location } = globalThis as Host;
  const target = parseTarget(url, location?.href);
  const name = `websocket ${targetOf(target)}`;
  const attempt = `connect ${name}`;
  throwIfAborted(attempt, signal);
  if (transport === "stream" && WebSocketStream === undefined) {
    const message = 'connect: this platform has no WebSocketStream; use transport: "websocket"';
    throw new AsyncWriteError("ERR_AW_UNSUPPORTED", message);
  }
  const giveUp = new AbortController();
  const late = `no answer to the upgrade within ${timeout} ms`;
  const deadline = new Deadline({ attempt, ms: timeout, signal, late }, (error) =>
    giveUp.abort(error),
  );
  try {
    return WebSocketStream === undefined || transport !== "stream"
      ? await openSocket(target, offered, name, giveUp.signal, make)
      : make(await openStream(WebSocketStream, target, offered, name, giveUp.signal));
  } finally {
    deadline.clear();
  }
}

async function openStream(
  WebSocketStream: NonNullable<Host["WebSocketStream"]>,
  url: URL,
  protocols: string[],
  name: string,
  signal: AbortSignal,
): Promise<StreamLink> {
  let socket;
  try {
    socket = new WebSocketStream(url.href, { protocols, signal });
  } catch (error) {
    throw unusable(name, protocols, error);
  }
  // `StreamLink` asks for it again; until then a rejection must not count as unhandled.
  socket.closed.catch(() => {});
  try {
    return new StreamLink(socket, await socket.opened, name);
  } catch (error) {
    throw signal.aborted ? signal.reason : unreachable(`connect ${name}`, error);
  }
}

function openSocket<C>(
  url: URL,
  protocols: string[],
  name: string,
  signal: AbortSignal,
  make: (link: Link) => C,
): Promise<C> {
  let socket: WebSocket;
  try {
    socket = new WebSocket(url.href, protocols);
  } catch (error) {
    return Promise.reject(unusable(name, protocols, error));
  }
  return new Promise((resolve, reject) => {
    // It is the attempt's own signal: nobody aborts it any more once the socket is open.
    signal.addEventListener("abort", () => {
      socket.close();
      reject(signal.reason as Error);
    });
    socket.addEventListener("close", () => reject(unreachable(`connect ${name}`)));
    socket.addEventListener("open", () => {
      if (signal.aborted) return;
      // In this turn, so that no message is missed.
      resolve(make(new PlatformLink(socket, name)));
    });
  });
}

/** The URL is fine: what the platform refuses is a subprotocol, or a page that may not do it. Its own words may hold the URL. */
function unusable(name: string, protocols: string[], error: unknown): AsyncWriteError {
  const { name: kind } = error as Error;
  if (kind === "SecurityError") {
    return new AsyncWriteError(
      "ERR_AW_CONNECT",
      `connect ${name}: a page of https: may only use wss:`,
    );
  }
  return invalidArgument(
    `connect ${name}: the platform refuses it (${kind}); are the subprotocols tokens, each once? They are ${JSON.stringify(protocols)}`,
  );
}
