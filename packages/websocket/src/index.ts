/**
 * Bytes over WebSocket, on Node.
 *
 * ```ts
 * import { connect, listen } from "@aw/websocket";
 *
 * const listener = await listen();
 * const { port } = listener.address as { port: number };
 * const out = await connect(`ws://127.0.0.1:${port}`);
 * await out.writeAll("hello\n");
 * await out.close(); // the closing handshake
 * listener.abort();
 * ```
 *
 * @packageDocumentation
 */
export {
  AcceptedConnection,
  AcceptedMessages,
  type UpgradeRequest,
} from "./accept/node/accepted.ts";
export {
  attach,
  attachMessages,
  type AttachMessagesOptions,
  type AttachOptions,
} from "./accept/node/attach.ts";
export {
  listen,
  listenMessages,
  type ListenMessagesOptions,
  type ListenOptions,
} from "./accept/node/listen.ts";
export type { Rejection } from "./accept/node/rejection.ts";
export type { Verdict } from "./accept/node/verdict.ts";
export { WebSocketListener, type ListenerCloseOptions } from "./accept/node/websocket-listener.ts";
export {
  connect,
  connectMessages,
  type ConnectMessagesOptions,
  type ConnectOptions,
} from "./connect/node/connect.ts";
export {
  fromWebSocket,
  messages,
  type FromWebSocketOptions,
} from "./connect/node/from-websocket.ts";
export { UpgradeError } from "./connect/node/upgrade-error.ts";
export { WebSocketCloseError } from "./link/close-error.ts";
export { HALF_CLOSE } from "./link/half-close.ts";
export { WebSocketMessages, type Message, type MessagesOptions } from "./link/messages.ts";
export type {
  WebSocketCloseEvent,
  WebSocketErrorEvent,
  WebSocketEvent,
  WebSocketOpenEvent,
} from "./link/node/diagnostics.ts";
export type { HeartbeatOptions } from "./link/node/heartbeat.ts";
export type { ConnectionOptions } from "./link/options.ts";
export type { PlatformWebSocket } from "./link/platform-link.ts";
export { WebSocketConnection } from "./link/websocket-connection.ts";
