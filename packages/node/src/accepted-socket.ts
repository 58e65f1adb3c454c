import type { Socket } from "node:net";
import type { Connection } from "@aw/core";
import type { Linked } from "@aw/core/implementor";

/** A socket that a listener has accepted, and that is open. */
export class AcceptedSocket<C extends Connection> implements Linked<AcceptedSocket<C>> {
  readonly socket: Socket;
  /** Once it is ready: after a handshake. */
  connection: C | undefined;
  previous: AcceptedSocket<C> | undefined;
  next: AcceptedSocket<C> | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
  }
}
