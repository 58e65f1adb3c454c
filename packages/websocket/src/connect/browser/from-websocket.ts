import { checkOptions, type Schema } from "@aw/core/implementor";
import { MESSAGES_OPTIONS, WebSocketMessages } from "../../link/messages.ts";
import type { Message, MessagesOptions } from "../../link/messages.ts";
import { CONNECTION_OPTIONS, type ConnectionOptions } from "../../link/options.ts";
import { PlatformLink, type PlatformWebSocket } from "../../link/platform-link.ts";
import { checkSocket } from "../../link/platform-socket.ts";
import { WebSocketConnection } from "../../link/websocket-connection.ts";

/**
 * A byte stream over a WebSocket of the platform that is open or still connecting. Wrap it in the turn
 * in which it was made, or at the latest inside its `open` event, so that no message is missed; the
 * socket is the connection's from then on. What is written before it is open is sent when it is.
 *
 * If it never opens, the connection fails with `ERR_AW_CONNECT`.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if `ws` is closing, closed or not a WebSocket, or for
 * an option that can't be meant
 */
export function fromWebSocket(
  ws: PlatformWebSocket,
  options: ConnectionOptions = {},
): WebSocketConnection {
  checkOptions("fromWebSocket", options, CONNECTION_OPTIONS);
  checkSocket("fromWebSocket", ws);
  return new WebSocketConnection(new PlatformLink(ws, "websocket"), options);
}

/**
 * Whole messages over a WebSocket instead of a byte stream: one message per `send`. With `type` only
 * text or only binary messages, and typed so. When to wrap it, and what fails: as `fromWebSocket`.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if `ws` is closing, closed or not a WebSocket, or for
 * an option that can't be meant
 */
export function messages<T extends Message = Message>(
  ws: PlatformWebSocket,
  options: MessagesOptions<T> = {},
): WebSocketMessages<T> {
  checkOptions("messages", options, MESSAGES_OPTIONS as Schema<typeof options>);
  checkSocket("messages", ws);
  return new WebSocketMessages<T>(new PlatformLink(ws, "websocket"), options);
}
