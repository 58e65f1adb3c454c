import type { RecoveringOutput } from "./recovering-output.ts";

/** How often lost lines are reported, in milliseconds. */
const REPORT_INTERVAL_MS = 1000;

/** Counts lines that a writer refuses, because it is closed or has failed for good. */
export class LostLines {
  readonly #output: RecoveringOutput;
  #count = 0;
  #error: unknown;
  #reportedAt = 0;

  constructor(output: RecoveringOutput) {
    this.#output = output;
  }

  /** Whether something was counted since the last report. */
  get isPending(): boolean {
    return this.#error !== undefined;
  }

  /** Counts the lines of `text`, a cut one too. */
  add(text: string, error: unknown): void {
    const ends = text.split("\n").length - 1;
    this.#count += text === "" || text.endsWith("\n") ? ends : ends + 1;
    this.#error = error;
    if (Date.now() - this.#reportedAt >= REPORT_INTERVAL_MS) this.report();
  }

  /** Reports what was counted since the last time. */
  report(): void {
    if (this.#error === undefined) return;
    this.#reportedAt = Date.now();
    this.#output.report(this.#error, "write the log", this.#count);
    this.#count = 0;
    this.#error = undefined;
  }
}
