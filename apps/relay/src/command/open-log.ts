import { logDestination, open, stderr } from "@aw/file";
import { pino, type Logger } from "pino";

/** A log, and what writes its last lines. */
export interface OpenLog extends AsyncDisposable {
  readonly log: Logger;
  /** Continues in a new file of the same name, after the old one was renamed (log rotation). */
  reopen(): Promise<void>;
}

/**
 * Lines of JSON into a file, or to standard error for "-". Lines are in the file also when the process ends all of a sudden,
 * and a disk that is full for a while ends nothing.
 */
export async function openLog(path: string): Promise<OpenLog> {
  const out = path === "-" ? stderr({ io: "sync" }) : await open(path, { flags: "a", io: "sync" });
  const destination = logDestination(out);
  return {
    log: pino(destination),
    async reopen() {
      if (path !== "-") await out.reopen();
    },
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve, reject) =>
        destination.end((error) => (error === undefined ? resolve() : reject(error))),
      );
    },
  };
}
