import { AsyncWriteError } from "@aw/core";
import { publishError } from "../descriptor/diagnostics.ts";
import { report, type LogPolicy } from "./log-policy.ts";

/** How often lost lines are reported while the file can't be written, in milliseconds. */
const INTERVAL_MS = 1000;

/** What a log that goes on tells its user: what went wrong, and how many lines were lost. */
export class LogReport {
  readonly #name: string;
  #policy: LogPolicy;
  #toldAt = 0;

  /** @param name what the log is called in messages */
  constructor(name: string, policy: LogPolicy) {
    this.#name = name;
    this.#policy = policy;
  }

  /** Replaces what `policy` names. */
  configure(policy: LogPolicy): void {
    this.#policy = { ...this.#policy, ...policy };
  }

  /** Whether the latest report of lines is so old that another one may follow. */
  get isDue(): boolean {
    return Date.now() - this.#toldAt >= INTERVAL_MS;
  }

  /** Reports lines: how many were lost, and why; `failure` is undefined if no write has failed. */
  lines(failure: AsyncWriteError | undefined, linesLost: number): void {
    this.#toldAt = Date.now();
    this.error(failure ?? aborted(this.#name), linesLost);
  }

  /** Reports what went wrong. */
  error(error: AsyncWriteError, linesLost: number): void {
    publishError(this.#name, error, linesLost);
    report(this.#policy, error, linesLost);
  }
}

/** Why lines are lost that waited behind a write in flight, when no write had failed. */
function aborted(name: string): AsyncWriteError {
  const message = `${name}: ended while lines waited for a write in flight`;
  return new AsyncWriteError("ERR_AW_ABORTED", message);
}
