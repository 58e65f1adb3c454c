/**
 * Bytes over WebSocket, in browsers: over `WebSocket`, or `WebSocketStream` if asked to.
 *
 * ```ts
 * import { connect } from "@aw/websocket";
 *
 * const out = await connect("wss://logs.example/ingest");
 * await out.writeAll("hello\n");
 * await out.close();
 * ```
 *
 * @packageDocumentation
 */
export { WebSocketCloseError } from "./link/close-error.ts";
export {
  connect,
  connectMessages,
  type ConnectMessagesOptions,
  type ConnectOptions,
} from "./connect/browser/connect.ts";
export { fromWebSocket, messages } from "./connect/browser/from-websocket.ts";
export { HALF_CLOSE } from "./link/half-close.ts";
export { WebSocketMessages, type Message, type MessagesOptions } from "./link/messages.ts";
export type { ConnectionOptions } from "./link/options.ts";
export type { PlatformWebSocket } from "./link/platform-link.ts";
export { WebSocketConnection } from "./link/websocket-connection.ts";
