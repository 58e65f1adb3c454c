import type { AsyncWriteError } from "@aw/core";
import type { Logger } from "pino";

/** What listeners and those who serve their connections tell a log. */
export function logFailures(log: Logger): {
  onRefused: (error: AsyncWriteError) => void;
  onError: (error: unknown, connection: object) => void;
} {
  return {
    onRefused: (error) =>
      log.warn({ code: error.code, reason: error.message }, "connection refused"),
    onError(error, connection) {
      // Why an upload was refused stands in the log already.
      // oxlint-disable-next-line typescript/no-base-to-string -- connections have their own
      log.debug({ err: error, connection: String(connection) }, "connection failed");
    },
  };
}
