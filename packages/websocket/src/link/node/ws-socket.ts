import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";

/**
 * The socket below a socket of `ws`, or undefined while there is none.
 *
 * On internals of `ws`: it keeps the socket in `_socket`, and offers it nowhere. If a version does not,
 * `ws` makes all frames, and a heartbeat of a socket that was given counts whole messages only. What to do then: find what `setSocket` of its
 * `lib/websocket.js` keeps the socket in.
 */
export function socketOf(ws: WebSocket): Duplex | undefined {
  const { _socket: socket } = ws as unknown as { _socket?: Duplex | null };
  return socket ?? undefined;
}
