import { channel, type Channel } from "node:diagnostics_channel";
import type { AsyncWriteError, Connection } from "@aw/core";

/** What each message of the channels says. */
export interface ConnectionEvent {
  connection: Connection;
  /** As in error messages: "tls > tcp logs.example:9443". */
  name: string;
}

/** After a handshake: how long it took. */
export interface HandshakeEvent extends ConnectionEvent {
  /** Milliseconds. */
  duration: number;
}

/** When it failed or was aborted. */
export interface ErrorEvent extends ConnectionEvent {
  error: AsyncWriteError;
}

/** When the connection is gone. */
export interface CloseEvent extends ConnectionEvent {
  /** Milliseconds since it was opened. */
  duration: number;
  /** As the socket counts them: with TLS, encrypted ones. */
  bytesRead: number;
  bytesWritten: number;
  /** Why, if it failed or was aborted. */
  error: AsyncWriteError | undefined;
}

/**
 * The channels of `node:diagnostics_channel` on which connections over sockets tell of themselves. Nothing
 * is made for a channel that has no subscriber.
 */
export const channels: Readonly<Record<"open" | "handshake" | "error" | "close", Channel>> = {
  open: channel("aw:connection:open"),
  handshake: channel("aw:connection:handshake"),
  error: channel("aw:connection:error"),
  close: channel("aw:connection:close"),
};
