import { BOOLEAN, checkOptions, MILLISECONDS, oneOf, type Schema } from "@aw/core/implementor";
import { offers } from "../../link/half-close.ts";
import { WebSocketMessages, type Message } from "../../link/messages.ts";
import { CONNECTION_OPTIONS, type ConnectionOptions } from "../../link/options.ts";
import { WebSocketConnection } from "../../link/websocket-connection.ts";
import { OPEN_OPTIONS, openWebSocket, type OpenOptions } from "./open-websocket.ts";

/** What `connect` can be given. */
export interface ConnectOptions extends ConnectionOptions, OpenOptions {
  /**
   * Offers the half-close, with each of the `protocols`. Without `protocols`, a server that does
   * not know it is refused: browsers and Node alike demand an answer. Default: false.
   */
  halfClose?: boolean | undefined;
}

const CONNECT_OPTIONS: Schema<ConnectOptions> = {
  ...CONNECTION_OPTIONS,
  ...OPEN_OPTIONS,
  halfClose: BOOLEAN,
};

/** What `connectMessages` can be given. */
export interface ConnectMessagesOptions<M extends Message = Message> extends OpenOptions {
  /** Allows only this kind; the other one is refused with 1003. Default: both. */
  type?: (M extends string ? "text" : "binary") | undefined;
  /** How long the peer may take to answer a close, in milliseconds. Default: 10,000. */
  closeTimeout?: number | undefined;
}

const CONNECT_MESSAGES_OPTIONS: Schema<ConnectMessagesOptions> = {
  ...OPEN_OPTIONS,
  type: oneOf("text", "binary"),
  closeTimeout: MILLISECONDS,
};

/**
 * Connects to a WebSocket server (RFC 6455). Resolves with the connection once the server has accepted
 * the upgrade; waits for that, at most `timeout`.
 *
 * Rejects with
 * - `ERR_AW_CONNECT`: refused or unreachable; the cause is an `UpgradeError` with status and body if the
 *   server answered with another response
 * - `ERR_AW_PROTOCOL`: its answer is not a WebSocket handshake
 * - `ERR_AW_TLS`: a certificate that is not trusted, a handshake that failed
 * - `ERR_AW_TIMEOUT`: no answer within `timeout`
 * - `ERR_AW_ABORTED`: `signal` fired
 * - `ERR_AW_INVALID_ARGUMENT`: a URL, or an option, that can't be meant
 *
 * Cancellation: `signal` gives up connecting, and closes the socket. It has no meaning after that.
 *
 * @param url of `ws:`, `wss:`, `http:` or `https:`, without a fragment
 */
export async function connect(
  url: string | URL,
  options: ConnectOptions = {},
): Promise<WebSocketConnection> {
  checkOptions("connect", options, CONNECT_OPTIONS);
  const { protocols = [], halfClose = false, maxMessageBytes, closeTimeout } = options;
  return openWebSocket(
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
 * @param url of `ws:`, `wss:`, `http:` or `https:`, without a fragment
 */
export async function connectMessages<M extends Message = Message>(
  url: string | URL,
  options: ConnectMessagesOptions<M> = {},
): Promise<WebSocketMessages<M>> {
  checkOptions("connectMessages", options, CONNECT_MESSAGES_OPTIONS as Schema<typeof options>);
  const { protocols = [], type, closeTimeout } = options;
  return openWebSocket(
    url,
    [...protocols],
    options,
    (link) => new WebSocketMessages<M>(link, { type, closeTimeout }),
  );
}
