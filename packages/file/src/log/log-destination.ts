import { AsyncWriteError } from "@aw/core";
import { describeValue, invalidArgument } from "@aw/core/implementor";
import { FileWriter } from "../writer/file-writer.ts";
import { checkPolicy, warnAtOnce, type LogPolicy } from "./log-policy.ts";
import { LostLines } from "./lost-lines.ts";
import { recovering } from "./recovering.ts";
import type { RecoveringOutput } from "./recovering-output.ts";

/** What loggers write to: pino, and whatever else has a destination of lines. None of it throws. */
export interface LogDestination {
  /** How pino tells a destination from options. */
  readonly writable: true;
  /** Takes a line, newline included. One that is lost is counted: see {@link LogPolicy}. */
  write(line: string): void;
  /**
   * Calls back once all lines so far are in the file; with the error as soon as an attempt to write
   * them has failed. They wait on.
   */
  flush(callback?: (error?: Error) => void): void;
  /** Returns once all lines so far are in the file, or can't be written now and wait. */
  flushSync(): void;
  /** Closes the writer; calls back then. Lines that can't be written now are lost, and counted. */
  end(callback?: (error?: Error) => void): void;
}

/** All that have something to do when the process ends: to flush, or to report lost lines. */
const open = new Set<Destination>();

let listening = false;

/**
 * A destination for `pino(...)` that loses no line: not at a normal end, not at `process.exit()`,
 * not at an uncaught exception, because it flushes when the process emits "exit". Lines are
 * gathered, and at most two slabs of 1 MiB are held: a logger that is faster than the disk has to wait
 * for it.
 *
 * A log never throws, and never ends because its file can't be written: lines wait in a bounded
 * backlog while attempts go on, and what is lost is counted.
 *
 * ```ts
 * const log = pino(logDestination(await open("app.log", { flags: "a", io: "sync" })));
 * ```
 *
 * Nothing but the destination may write to `out` from then on.
 *
 * @throws AsyncWriteError `ERR_AW_UNSUPPORTED` if `out` is not `isExitSafe`: open it with
 * `io: "sync"`; `ERR_AW_INVALID_ARGUMENT`
 */
export function logDestination(out: FileWriter, policy: LogPolicy = {}): LogDestination {
  if (!(out instanceof FileWriter)) {
    const given = describeValue(out);
    throw invalidArgument(
      `logDestination: expected a writer of open, rotating or fromFd, got ${given}`,
    );
  }
  checkPolicy(policy);
  if (!out.isExitSafe) {
    const message = `${out}: can't be flushed at exit while the thread pool writes; use io: "sync"`;
    throw new AsyncWriteError("ERR_AW_UNSUPPORTED", message);
  }
  const destination = new Destination(out, policy);
  if (!listening) process.on("exit", flushAll);
  listening = true;
  if (isLive(out)) open.add(destination);
  return destination;
}

class Destination implements LogDestination {
  readonly writable = true;
  readonly #out: FileWriter;
  readonly #output: RecoveringOutput;
  /** Those that the writer refuses because it is closed, or has failed for good. */
  readonly #refused: LostLines;

  constructor(out: FileWriter, policy: LogPolicy) {
    this.#out = out;
    this.#output = recovering(out, policy);
    this.#refused = new LostLines(this.#output);
    this.#output.onEnd(() => void open.delete(this));
  }

  write(line: string): void {
    try {
      this.#out.writeSync(line);
    } catch (error) {
      this.#refuse(line, error);
    }
  }

  flush(callback: (error?: Error) => void = () => {}): void {
    let isOver = false;
    const finish = (error?: Error): void => {
      stop();
      if (!isOver) callback(error);
      isOver = true;
    };
    const stop = this.#output.onFailedAttempt(finish);
    this.#out.flush().then(() => finish(), finish);
  }

  flushSync(): void {
    try {
      this.#out.flushSync();
    } catch (error) {
      this.#refuse("", error);
    }
  }

  end(callback: (error?: Error) => void = () => {}): void {
    this.#out.close().then(() => callback(), callback);
  }

  /** Counts what the writer refuses. What is not reported at once is at exit. */
  #refuse(lines: string, error: unknown): void {
    this.#refused.add(lines, error);
    if (this.#refused.isPending) open.add(this);
    else if (!isLive(this.#out)) open.delete(this);
  }

  /** The process ends: what can't be written now never will be. */
  exit(): void {
    this.flushSync();
    this.#output.giveUp();
    this.#refused.report();
  }
}

/** All of them, whatever becomes of one. */
function flushAll(): void {
  warnAtOnce();
  // A copy: `onError` may log something.
  for (const destination of Array.from(open)) destination.exit();
}

function isLive({ state }: FileWriter): boolean {
  return state === "open" || state === "closing";
}
