import type { Connection } from "@aw/core";
import type { Logger } from "pino";

/** Handles each connection of a listener until that is closed. What one fails with ends that one only. */
export async function acceptLoop<C extends Connection>(
  listener: AsyncIterable<C>,
  handle: (connection: C) => Promise<void>,
  log: Logger,
): Promise<void> {
  for await (const connection of listener) {
    handle(connection).catch((error: unknown) => {
      connection.abort(error);
      log.warn({ err: error, connection: String(connection) }, "connection failed");
    });
  }
}
