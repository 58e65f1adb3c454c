import type { Socket } from "node:net";
import type { Done } from "@aw/core";
import { DuplexDestination } from "./duplex-destination.ts";
import { resetSocket } from "./reset-socket.ts";
import { isNode } from "./runtime.ts";
import { tookAllAtOnce } from "./took-all-at-once.ts";

/** Others answer each write later: there, one callback is cheaper than a second write. */
const TAKES_AT_ONCE = isNode;

const NO_BYTES = new Uint8Array(0);

/** A TCP or Unix-domain socket as a destination. */
export class SocketDestination extends DuplexDestination<Socket> {
  get transmitAtOnce(): typeof transmitAtOnce | undefined {
    return TAKES_AT_ONCE ? transmitAtOnce : undefined;
  }

  /** An empty write behind what waits is called back for when that has left. */
  whenTransmitted(done: Done): void {
    this.duplex.write(NO_BYTES, done);
  }

  protected override reset(): void {
    // A FIN would tell the peer that it has everything.
    resetSocket(this.duplex);
  }
}

/** Without a callback, for which Node would allocate, and wait for a tick. */
function transmitAtOnce(this: SocketDestination, bytes: Uint8Array): boolean {
  this.duplex.write(bytes);
  return tookAllAtOnce(this.duplex);
}
