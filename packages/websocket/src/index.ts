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
export { attach, type AttachOptions } from "./attach.ts";
export { WebSocketCloseError } from "./close-error.ts";
export { connect, type ConnectOptions } from "./connect.ts";
export { fromWebSocket, messages, type FromWebSocketOptions } from "./from-websocket.ts";
export { HALF_CLOSE } from "./half-close.ts";
export type { HeartbeatOptions } from "./heartbeat.ts";
export { listen, type ListenOptions } from "./listen.ts";
export { WebSocketMessages, type Message, type MessagesOptions } from "./messages.ts";
export type { ConnectionOptions } from "./options.ts";
export type { PlatformWebSocket } from "./platform-link.ts";
export type { Rejection } from "./rejection.ts";
export { UpgradeError } from "./upgrade-error.ts";
export { WebSocketConnection } from "./websocket-connection.ts";
export { WebSocketListener, type ListenerCloseOptions } from "./websocket-listener.ts";
