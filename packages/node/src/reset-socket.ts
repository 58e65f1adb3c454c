import type { Socket } from "node:net";

/**
 * Drops a socket at once, so that its peer can't take what it has for everything: with a reset where the
 * transport knows one (TCP).
 *
 * libuv refuses to reset a socket while it sends FIN (`UV_EINVAL`), and Node then keeps its descriptor
 * and never emits `close`. All bytes are with the kernel by then, and the end belongs there: closing the
 * descriptor is all that is left. It relies on `writableFinished` being false until FIN was sent. If that
 * breaks, descriptors leak: the test `tricks` (reset-socket) says so.
 */
export function resetSocket(socket: Socket): void {
  const { writableEnded, writableFinished, writableLength } = socket;
  const sendsFin = writableEnded && !writableFinished && writableLength === 0;
  // Without an address it is a Unix-domain socket, or not connected any more.
  if (socket.remoteAddress === undefined || sendsFin) socket.destroy();
  else socket.resetAndDestroy();
}
