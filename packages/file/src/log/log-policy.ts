import { writeSync } from "node:fs";
import { AsyncWriteError } from "@aw/core";
import { checkOptions, COUNT, FUNCTION, type Schema } from "@aw/core/implementor";

/** How a log goes on when its file can't be written. */
export interface LogPolicy {
  /**
   * The max size of the lines that wait, in bytes, while the file can't be written: a full disk, no
   * descriptors left, a folder that is gone. Later lines are lost and counted. Default: 4 MiB.
   */
  maxBacklog?: number | undefined;
  /**
   * Called when the file can't be written, when lines were lost, and when a rotation or the like
   * failed. `linesLost` is how many lines were lost since the last call; the sum of them is all that
   * is missing in the file. Default: a warning of the process.
   */
  onError?: ((error: AsyncWriteError, linesLost: number) => void) | undefined;
}

export const DEFAULT_MAX_BACKLOG: number = 4 * 1024 * 1024;

export const POLICY_RULES: Schema<LogPolicy> = { maxBacklog: COUNT, onError: FUNCTION };

export function checkPolicy(policy: LogPolicy): void {
  checkOptions("logDestination", policy, POLICY_RULES);
}

/** Calls `onError`, or emits a warning. A callback that throws must not end the log. */
export function report(
  { onError = warn }: LogPolicy,
  error: AsyncWriteError,
  linesLost: number,
): void {
  try {
    onError(error, linesLost);
  } catch (thrown) {
    warn(AsyncWriteError.from(thrown, "onError of a log threw"), linesLost);
  }
}

let isExiting = false;

/** The process ends: warnings that come later than now would not be seen. */
export function warnAtOnce(): void {
  isExiting = true;
}

/** Without `onError`. A pipe whose reader has gone is no news: the process ends of it. */
function warn({ message, code }: AsyncWriteError, linesLost: number): void {
  const lost = linesLost === 0 ? "" : ` (${linesLost} lines lost)`;
  if (!isExiting) process.emitWarning(`${message}${lost}`, { type: "AsyncWriteWarning", code });
  else if (code !== "ERR_AW_BROKEN_PIPE" && code !== "ERR_AW_ABORTED") writeWarning(message + lost);
}

function writeWarning(text: string): void {
  try {
    writeSync(2, `(node:${process.pid}) AsyncWriteWarning: ${text}\n`);
  } catch {
    // Nobody is left to be told.
  }
}
