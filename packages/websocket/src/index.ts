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
export { attach, type AttachOptions } from "./accept/node/attach.ts";
export { WebSocketCloseError } from "./link/close-error.ts";
export { connect, type ConnectOptions } from "./connect/node/connect.ts";
export {
  fromWebSocket,
  messages,
  type FromWebSocketOptions,
} from "./connect/node/from-websocket.ts";
export { HALF_CLOSE } from "./link/half-close.ts";
export type { HeartbeatOptions } from "./link/node/heartbeat.ts";
export { listen, type ListenOptions } from "./accept/node/listen.ts";
export { WebSocketMessages, type Message, type MessagesOptions } from "./link/messages.ts";
export type { ConnectionOptions } from "./link/options.ts";
export type { PlatformWebSocket } from "./link/platform-link.ts";
export type { Rejection } from "./accept/node/rejection.ts";
export { UpgradeError } from "./connect/node/upgrade-error.ts";
export { WebSocketConnection } from "./link/websocket-connection.ts";
export { WebSocketListener, type ListenerCloseOptions } from "./accept/node/websocket-listener.ts";
