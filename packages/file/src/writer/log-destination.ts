import { AsyncWriteError, type AsyncWriteErrorCode } from "@aw/core";
import type { FileWriter } from "./file-writer.ts";

/** What loggers write to: pino, and whatever else has a destination of lines. */
export interface LogDestination {
  /** How pino tells a destination from options. */
  readonly writable: true;
  /** Takes a line, newline included. @throws AsyncWriteError the failure of the writer */
  write(line: string): void;
  /** Calls back once all lines so far are in the file, with the error if they are not. */
  flush(callback?: (error?: Error) => void): void;
  /** Returns once all lines so far are in the file. */
  flushSync(): void;
  /** Closes the writer; calls back then. */
  end(callback?: (error?: Error) => void): void;
}

/** All that has to be flushed when the process ends. */
const open = new Set<LogDestination>();

let listening = false;

/**
 * A destination for `pino(...)` that loses no line: not at a normal end, not at `process.exit()`,
 * not at an uncaught exception, because it flushes when the process emits "exit". Lines are
 * gathered, and at most two slabs of 1 MiB are held: a logger that is faster than the disk has to wait
 * for it.
 *
 * ```ts
 * const log = pino(logDestination(await open("app.log", { flags: "a", io: "sync" })));
 * ```
 *
 * Nothing but the destination may write to `out` from then on.
 *
 * @throws AsyncWriteError `ERR_AW_UNSUPPORTED` if `out` is not `isExitSafe`: open it with
 * `io: "sync"`
 */
export function logDestination(out: FileWriter): LogDestination {
  if (!out.isExitSafe) {
    const message = `${out}: can't be flushed at exit while the thread pool writes; use io: "sync"`;
    throw new AsyncWriteError("ERR_AW_UNSUPPORTED", message);
  }
  const destination: LogDestination = {
    writable: true,
    write: (line) => out.writeSync(line),
    flush: (callback) => report(out.flush(), callback),
    flushSync: () => out.flushSync(),
    end(callback) {
      // The process may end before it is closed.
      report(
        out.close().finally(() => open.delete(destination)),
        callback,
      );
    },
  };
  if (!listening) process.on("exit", flushAll);
  listening = true;
  open.add(destination);
  return destination;
}

/** What is no news at the end: the reader of the pipe has gone, the program has let go of the file. */
const EXPECTED: ReadonlySet<AsyncWriteErrorCode> = new Set([
  "ERR_AW_BROKEN_PIPE",
  "ERR_AW_ABORTED",
]);

/** All of them, whatever becomes of one. Throws the first failure. */
function flushAll(): void {
  const failures: unknown[] = [];
  for (const destination of open) {
    try {
      destination.flushSync();
    } catch (error) {
      if (!AsyncWriteError.is(error) || !EXPECTED.has(error.code)) failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** Without a callback a failure is an unhandled rejection: it should not go unseen. */
function report(result: Promise<void>, callback: ((error?: Error) => void) | undefined): void {
  if (callback === undefined) void result;
  else result.then(() => callback(), callback);
}
