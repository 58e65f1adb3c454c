/**
 * Between `AsyncWrite` and Node's streams, both ways.
 *
 * ```ts
 * import { createReadStream } from "node:fs";
 * import { pipeline } from "node:stream/promises";
 * import { toNodeWritable } from "@aw/node";
 *
 * await pipeline(createReadStream("in"), toNodeWritable(writer));
 * ```
 *
 * @packageDocumentation
 */
export {
  checkTarget,
  CONNECT_OPTIONS,
  connectSocket,
  describeTarget,
  type ConnectOptions,
  type ConnectTarget,
} from "./connect-socket.ts";
export {
  ConnectionListener,
  type ConnectionListenerOptions,
  type ListenerCloseOptions,
} from "./connection-listener.ts";
export {
  channels,
  type CloseEvent,
  type ConnectionEvent,
  type ErrorEvent,
  type HandshakeEvent,
} from "./diagnostics.ts";
export { DuplexConnection } from "./duplex-connection.ts";
export { DuplexDestination, type DuplexDestinationOptions } from "./duplex-destination.ts";
export { fromNodeDuplex, type NodeDuplexConnection } from "./from-node-duplex.ts";
export { fromNodeWritable, NodeStreamWriter } from "./from-node-writable.ts";
export { LISTEN_OPTIONS, listenSocket, type ListenOptions } from "./listen-socket.ts";
export { printable } from "./printable.ts";
export { resetSocket } from "./reset-socket.ts";
export { describePeer } from "./socket-address.ts";
export { SocketDestination } from "./socket-destination.ts";
export { SocketConnection, type SocketConnectionOptions } from "./socket-connection.ts";
export { SOCKET_OPTIONS, type SocketOptions } from "./socket-options.ts";
export { toNodeDuplex, type ToNodeDuplexOptions } from "./to-node-duplex.ts";
export { toNodeWritable, type ToNodeWritableOptions } from "./to-node-writable.ts";
