import { checkOptions, invalidArgument, nested, type Schema } from "@aw/core/implementor";
import type { WebSocket } from "ws";
import { MESSAGES_OPTIONS, WebSocketMessages } from "../../link/messages.ts";
import type { Message, MessagesOptions } from "../../link/messages.ts";
import type { Link } from "../../link/link.ts";
import { HEARTBEAT_OPTIONS, type HeartbeatOptions } from "../../link/node/heartbeat.ts";
import { WsLink } from "../../link/node/ws-link.ts";
import { socketOf } from "../../link/node/ws-socket.ts";
import { CONNECTION_OPTIONS, type ConnectionOptions } from "../../link/options.ts";
import { PlatformLink, type PlatformWebSocket } from "../../link/platform-link.ts";
import { checkSocket } from "../../link/platform-socket.ts";
import { WebSocketConnection } from "../../link/websocket-connection.ts";

/** What `fromWebSocket` can be given. */
export interface FromWebSocketOptions extends ConnectionOptions {
  /** Finds dead peers; only for a socket of `ws`. Default: off. */
  heartbeat?: HeartbeatOptions | undefined;
}

const OPTIONS: Schema<FromWebSocketOptions> = {
  ...CONNECTION_OPTIONS,
  heartbeat: nested(HEARTBEAT_OPTIONS),
};

/**
 * A byte stream over a WebSocket that is open or still connecting: one of `ws`, or the platform's
 * own. Wrap it in the turn in which it was made, or at the latest inside its `open` event, so that
 * no message is missed; after an `await` for `open` the first one may be gone. The socket is the
 * connection's from then on. What is written before it is open is sent when it is.
 *
 * If it never opens, the connection fails with what `connect` would reject with.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if `ws` is closing, closed or not a WebSocket, or for
 * an option that can't be meant
 */
export function fromWebSocket(
  ws: WebSocket | PlatformWebSocket,
  options: FromWebSocketOptions = {},
): WebSocketConnection {
  checkOptions("fromWebSocket", options, OPTIONS);
  const { heartbeat, maxMessageBytes, closeTimeout } = options;
  const link = linkOf("fromWebSocket", ws, heartbeat);
  return new WebSocketConnection(link, { maxMessageBytes, closeTimeout });
}

/**
 * Whole messages over a WebSocket instead of a byte stream: one message per `send`. With `type` only
 * text or only binary messages, and typed so. When to wrap it, and what fails: as `fromWebSocket`.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if `ws` is closing, closed or not a WebSocket, or for
 * an option that can't be meant
 */
export function messages<T extends Message = Message>(
  ws: WebSocket | PlatformWebSocket,
  options: MessagesOptions<T> = {},
): WebSocketMessages<T> {
  checkOptions("messages", options, MESSAGES_OPTIONS as Schema<typeof options>);
  return new WebSocketMessages<T>(linkOf("messages", ws), options);
}

function linkOf(
  what: string,
  ws: WebSocket | PlatformWebSocket,
  heartbeat?: HeartbeatOptions,
): Link {
  checkSocket(what, ws);
  if (isOfWs(ws)) return new WsLink(ws, "websocket", { heartbeat, socket: socketOf(ws) });
  if (heartbeat !== undefined) {
    throw invalidArgument(`${what}: heartbeat: the platform's WebSocket can't ping`);
  }
  return new PlatformLink(ws, "websocket");
}

/** By what it is, an emitter, so that another copy of `ws` will do as well. Bun's own can ping, too. */
function isOfWs(ws: WebSocket | PlatformWebSocket): ws is WebSocket {
  return "on" in ws && "terminate" in ws;
}
