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
export { WebSocketCloseError } from "./close-error.ts";
export { connect, type ConnectOptions } from "./connect-browser.ts";
export { fromWebSocket, messages } from "./from-websocket-browser.ts";
export { HALF_CLOSE } from "./half-close.ts";
export { WebSocketMessages, type Message, type MessagesOptions } from "./messages.ts";
export type { ConnectionOptions } from "./options.ts";
export type { PlatformWebSocket } from "./platform-link.ts";
export { WebSocketConnection } from "./websocket-connection.ts";
