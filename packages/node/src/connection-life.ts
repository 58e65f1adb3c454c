import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { AsyncWriteError, Connection } from "@aw/core";
import { channels } from "./diagnostics.ts";

type Counts = Pick<Socket, "bytesRead" | "bytesWritten">;

/** How a connection ended. */
export interface Ending {
  /** When it was opened, by `performance.now()`. */
  readonly opened: number;
  /** What has counted the bytes: the socket, if there is one. */
  readonly counter: Duplex;
  /** Why, if it failed or was aborted. */
  readonly error: AsyncWriteError | undefined;
}

/** Publishes that a connection over a socket is open. */
export function publishOpen(connection: Connection, name: string): void {
  if (channels.open.hasSubscribers) channels.open.publish({ connection, name });
}

/** Publishes that it has failed or was aborted. */
export function publishError(connection: Connection, name: string, error: AsyncWriteError): void {
  if (channels.error.hasSubscribers) channels.error.publish({ connection, name, error });
}

/** Publishes that it is gone. */
export function publishClose(
  connection: Connection,
  name: string,
  { opened, counter, error }: Ending,
): void {
  if (!channels.close.hasSubscribers) return;
  const { bytesRead = 0, bytesWritten = 0 } = counter as Partial<Counts>;
  const duration = performance.now() - opened;
  channels.close.publish({ connection, name, duration, bytesRead, bytesWritten, error });
}
