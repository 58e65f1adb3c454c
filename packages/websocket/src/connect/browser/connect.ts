import { AsyncWriteError } from "@aw/core";
import { offers } from "../../link/half-close.ts";
import type { Link } from "../../link/link.ts";
import { checkOptions, invalid, milliseconds, type ConnectionOptions } from "../../link/options.ts";
import { PlatformLink } from "../../link/platform-link.ts";
import { StreamLink, type PlatformWebSocketStream } from "../../link/stream-link.ts";
import { WebSocketConnection } from "../../link/websocket-connection.ts";

export interface ConnectOptions extends ConnectionOptions {
  /** Subprotocols to offer, the best first. The server has to take one. */
  protocols?: readonly string[] | undefined;
  /** Offers the half-close, with each of the `protocols`. Default: false. */
  halfClose?: boolean | undefined;
  /** Gives up connecting when it fires. Has no meaning after that. */
  signal?: AbortSignal | undefined;
  /** Gives up connecting after this many milliseconds. Default: 30,000. */
  timeout?: number | undefined;
  /**
   * Which API of the browser to use. "stream" is WebSocketStream, with backpressure for the reader too;
   * Chromium 156 crashes the page if the connection is cut while a write waits. Default: "websocket".
   */
  transport?: "stream" | "websocket" | undefined;
}

/** What only a Node client can do: the browser decides, or hides it. */
const UNSUPPORTED = ["headers", "tls", "perMessageDeflate", "heartbeat", "maxPayload"];

interface Host {
  WebSocketStream?: new (
    url: string,
    options: { protocols: string[]; signal: AbortSignal },
  ) => PlatformWebSocketStream;
}

/**
 * Connects to `ws:`, `wss:`, `http:` or `https:`. Resolves once the server has taken the upgrade.
 *
 * Rejects with `ERR_AW_CONNECT` (the browser does not say why), `ERR_AW_TIMEOUT`,
 * `ERR_AW_ABORTED`, `ERR_AW_UNSUPPORTED` for an option that browsers lack, or
 * `ERR_AW_INVALID_ARGUMENT`.
 */
export async function connect(
  url: string | URL,
  options: ConnectOptions = {},
): Promise<WebSocketConnection> {
  checkOptions(options);
  const timeout = milliseconds("timeout", options.timeout, 30_000);
  for (const name of UNSUPPORTED) {
    if ((options as Record<string, unknown>)[name] === undefined) continue;
    const message = `connect: a browser has no ${name} for WebSockets; leave it out`;
    throw new AsyncWriteError("ERR_AW_UNSUPPORTED", message);
  }
  const { protocols = [], halfClose = false, transport, signal } = options;
  const name = `websocket ${withoutSecrets(url)}`;
  const offered = offers(protocols, halfClose);
  const giveUp = new AbortController();
  const onAbort = (): void => {
    const message = `connect ${name}: aborted by its signal`;
    giveUp.abort(new AsyncWriteError("ERR_AW_ABORTED", message, { cause: signal?.reason }));
  };
  if (signal?.aborted) onAbort();
  giveUp.signal.throwIfAborted();
  signal?.addEventListener("abort", onAbort, { once: true });
  const timer = setTimeout(() => {
    const message = `connect ${name}: no answer to the upgrade within ${timeout} ms`;
    giveUp.abort(new AsyncWriteError("ERR_AW_TIMEOUT", message));
  }, timeout);
  try {
    const { WebSocketStream } = globalThis as Host;
    if (transport === "stream" && WebSocketStream === undefined) {
      const message = 'connect: this platform has no WebSocketStream; use transport: "websocket"';
      throw new AsyncWriteError("ERR_AW_UNSUPPORTED", message);
    }
    const connected = (link: Link) => new WebSocketConnection(link, options);
    return WebSocketStream === undefined || transport !== "stream"
      ? await openSocket(url, offered, name, giveUp.signal, connected)
      : connected(await openStream(WebSocketStream, url, offered, name, giveUp.signal));
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

async function openStream(
  WebSocketStream: NonNullable<Host["WebSocketStream"]>,
  url: string | URL,
  protocols: string[],
  name: string,
  signal: AbortSignal,
): Promise<StreamLink> {
  let socket;
  try {
    socket = new WebSocketStream(String(url), { protocols, signal });
  } catch (error) {
    throw invalid(`connect ${name}: ${(error as Error).message}`, error);
  }
  // Who asks for it gets the answer again; who does not must not be bothered.
  socket.closed.catch(() => {});
  try {
    return new StreamLink(socket, await socket.opened, name);
  } catch (error) {
    throw signal.aborted ? signal.reason : refused(name, error);
  }
}

function openSocket(
  url: string | URL,
  protocols: string[],
  name: string,
  signal: AbortSignal,
  connected: (link: Link) => WebSocketConnection,
): Promise<WebSocketConnection> {
  let socket: WebSocket;
  try {
    socket = new WebSocket(url, protocols);
  } catch (error) {
    return Promise.reject(invalid(`connect ${name}: ${(error as Error).message}`, error));
  }
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      socket.close();
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    socket.addEventListener("close", () => reject(refused(name)));
    socket.addEventListener("open", () => {
      if (signal.aborted) return;
      signal.removeEventListener("abort", onAbort);
      // In this turn, so that no message is missed.
      resolve(connected(new PlatformLink(socket, name)));
    });
  });
}

function refused(name: string, cause?: unknown): AsyncWriteError {
  const message = `connect ${name}: refused or unreachable (browsers do not say which); is the server running, and does it let this page in?`;
  return new AsyncWriteError("ERR_AW_CONNECT", message, { cause });
}

/** Names go into messages and logs: passwords and tokens do not. */
function withoutSecrets(url: string | URL): string {
  const parsed = URL.parse(String(url));
  return parsed === null
    ? "(relative URL)"
    : `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}
