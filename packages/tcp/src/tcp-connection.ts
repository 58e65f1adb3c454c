import type { Socket } from "node:net";
import type { AsyncWriteError } from "@aw/core";
import { SocketConnection } from "@aw/node";

/**
 * One TCP or Unix-domain connection. `close()` sends FIN after the last byte: the peer sees the
 * end and can still answer. An abort or a failure resets, so that the peer can't take what it has for all.
 */
export class TcpConnection extends SocketConnection {
  constructor(socket: Socket, name: string, idleTimeout?: number) {
    super(socket, socket, { name, idleTimeout });
  }

  protected override destroy(failure: AsyncWriteError): void {
    // A FIN would tell the peer that it has everything. Only TCP has another way to end.
    if (this.remoteAddress !== undefined) {
      (this.duplex as Socket).resetAndDestroy();
    } else {
      this.duplex.destroy(failure);
    }
  }
}
