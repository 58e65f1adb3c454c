import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { AsyncWriteError, Connection } from "@aw/core";
import { channels } from "./diagnostics.ts";
import type { DestinationObserver } from "./duplex-destination.ts";

type Counts = Pick<Socket, "bytesRead" | "bytesWritten">;

/** What a connection over a socket publishes of its life on the diagnostics channels. */
export class ConnectionLife implements DestinationObserver {
  /** What counts the bytes: the socket, if there is one. */
  readonly duplex: Duplex;
  readonly #connection: Connection;
  readonly #name: string;
  readonly #opened: number = performance.now();
  #error: AsyncWriteError | undefined;

  constructor(connection: Connection, name: string, duplex: Duplex) {
    this.#connection = connection;
    this.#name = name;
    this.duplex = duplex;
    if (channels.open.hasSubscribers) channels.open.publish({ connection, name });
  }

  onDestroyed(error: AsyncWriteError): void {
    this.#error = error;
    if (!channels.error.hasSubscribers) return;
    channels.error.publish({ connection: this.#connection, name: this.#name, error });
  }

  onClosed(duplex: Duplex): void {
    if (duplex !== this.duplex || !channels.close.hasSubscribers) return;
    const { bytesRead = 0, bytesWritten = 0 } = duplex as Partial<Counts>;
    channels.close.publish({
      connection: this.#connection,
      name: this.#name,
      duration: performance.now() - this.#opened,
      bytesRead,
      bytesWritten,
      error: this.#error,
    });
  }
}
