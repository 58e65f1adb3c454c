import type { WebSocket } from "ws";
import { checkHeartbeat, type HeartbeatOptions } from "../../link/node/heartbeat.ts";
import type { Link } from "../../link/link.ts";
import { invalid, type ConnectionOptions } from "../../link/options.ts";
import { PlatformLink, type PlatformWebSocket } from "../../link/platform-link.ts";
import { WebSocketMessages, type Message, type MessagesOptions } from "../../link/messages.ts";
import { WebSocketConnection } from "../../link/websocket-connection.ts";
import { WsLink } from "../../link/node/ws-link.ts";

const OPEN = 1;

export interface FromWebSocketOptions extends ConnectionOptions {
  /** Finds dead peers; only for a socket of `ws`. Default: off. */
  heartbeat?: HeartbeatOptions | undefined;
}

/**
 * A byte stream over an open WebSocket: one of `ws`, or the platform's own. Call it in the turn in
 * which the socket opened, so that no message is missed; the socket is the connection's from then on.
 *
 * Throws `ERR_AW_INVALID_ARGUMENT` if the socket is not open.
 */
export function fromWebSocket(
  ws: WebSocket | PlatformWebSocket,
  options: FromWebSocketOptions = {},
): WebSocketConnection {
  checkHeartbeat(options.heartbeat);
  return new WebSocketConnection(linkOf(ws, options.heartbeat), options);
}

/**
 * Whole messages over an open WebSocket instead of a byte stream: one message per `send`. With
 * `type` only text or only binary messages, and typed so. Call it in the turn in which the socket opened.
 *
 * Throws `ERR_AW_INVALID_ARGUMENT` if the socket is not open.
 */
export function messages<T extends Message = Message>(
  ws: WebSocket | PlatformWebSocket,
  options: MessagesOptions<T> = {},
): WebSocketMessages<T> {
  return new WebSocketMessages<T>(linkOf(ws), options);
}

function linkOf(ws: WebSocket | PlatformWebSocket, heartbeat?: HeartbeatOptions): Link {
  if (ws.readyState !== OPEN) throw invalid("the WebSocket must be open; wait for `open`");
  if (isOfWs(ws)) return new WsLink(ws, "websocket", { heartbeat });
  if (heartbeat !== undefined) throw invalid("heartbeat: the platform's WebSocket can't ping");
  return new PlatformLink(ws, "websocket");
}

/** By what it is, an emitter, so that another copy of `ws` will do as well. Bun's own can ping, too. */
function isOfWs(ws: WebSocket | PlatformWebSocket): ws is WebSocket {
  return "on" in ws && "terminate" in ws;
}
