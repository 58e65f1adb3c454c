import { WebSocketMessages, type Message, type MessagesOptions } from "../../link/messages.ts";
import { invalid, type ConnectionOptions } from "../../link/options.ts";
import { PlatformLink, type PlatformWebSocket } from "../../link/platform-link.ts";
import { WebSocketConnection } from "../../link/websocket-connection.ts";

const OPEN = 1;

/**
 * A byte stream over an open WebSocket of the platform. Call it in the turn in which the socket
 * opened, so that no message is missed; the socket is the connection's from then on.
 *
 * Throws `ERR_AW_INVALID_ARGUMENT` if the socket is not open.
 */
export function fromWebSocket(
  ws: PlatformWebSocket,
  options: ConnectionOptions = {},
): WebSocketConnection {
  return new WebSocketConnection(linkOf(ws), options);
}

/**
 * Whole messages over an open WebSocket instead of a byte stream: one message per `send`. With
 * `type` only text or only binary messages, and typed so.
 *
 * Throws `ERR_AW_INVALID_ARGUMENT` if the socket is not open.
 */
export function messages<T extends Message = Message>(
  ws: PlatformWebSocket,
  options: MessagesOptions<T> = {},
): WebSocketMessages<T> {
  return new WebSocketMessages<T>(linkOf(ws), options);
}

function linkOf(ws: PlatformWebSocket): PlatformLink {
  if (ws.readyState !== OPEN) throw invalid("the WebSocket must be open; wait for `open`");
  return new PlatformLink(ws, "websocket");
}
