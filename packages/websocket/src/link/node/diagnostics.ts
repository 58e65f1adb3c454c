import { channel } from "node:diagnostics_channel";

/** What every message of the channels says. */
export interface WebSocketEvent {
  /** The name of the connection or the listener, as in messages of errors: it holds no secret. */
  readonly name: string;
}

/** `aw:websocket:open`: a connection is open. */
export interface WebSocketOpenEvent extends WebSocketEvent {
  /** The subprotocol that was agreed on; "" for none. */
  readonly protocol: string;
  /** How long connecting took, or accepting with `authorize`, in milliseconds; undefined if unknown. */
  readonly handshakeMs: number | undefined;
}

/** `aw:websocket:close`: the last event of a connection. */
export interface WebSocketCloseEvent extends WebSocketEvent {
  readonly code: number;
  /** Bytes of the socket below, with what the protocol adds; undefined where it does not count. */
  readonly bytesRead: number | undefined;
  readonly bytesWritten: number | undefined;
  /** How long it was open, in milliseconds. */
  readonly openMs: number;
}

/** `aw:websocket:error`: a connection failed, or did not come about; `aw:websocket:refused`: an upgrade was refused. */
export interface WebSocketErrorEvent extends WebSocketEvent {
  readonly error: Error;
}

const opened = channel("aw:websocket:open");
const closed = channel("aw:websocket:close");
const failed = channel("aw:websocket:error");
const refused = channel("aw:websocket:refused");

/** Publishes to subscribers. A message is made only if there is one. */
export const diagnostics = {
  open(event: () => WebSocketOpenEvent): void {
    if (opened.hasSubscribers) opened.publish(event());
  },
  close(event: () => WebSocketCloseEvent): void {
    if (closed.hasSubscribers) closed.publish(event());
  },
  error(name: string, error: Error): void {
    if (failed.hasSubscribers) failed.publish({ name, error } satisfies WebSocketErrorEvent);
  },
  refused(name: string, error: Error): void {
    if (refused.hasSubscribers) refused.publish({ name, error } satisfies WebSocketErrorEvent);
  },
} as const;
