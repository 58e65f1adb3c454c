import type { Socket } from "node:net";
import { DuplexDestination, resetSocket } from "@aw/node";

/** A TCP or Unix-domain socket as a destination. */
export class TcpDestination extends DuplexDestination<Socket> {
  protected override reset(): void {
    // A FIN would tell the peer that it has everything.
    resetSocket(this.duplex);
  }
}
