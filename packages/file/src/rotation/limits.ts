import type { Calendar } from "./calendar.ts";
import type { LogFile } from "./log-file.ts";

/** When a log begins a new file. */
export class Limits {
  readonly maxBytes: number;
  readonly #maxAgeMs: number;
  readonly #calendar: Calendar | undefined;

  constructor(maxBytes: number, maxAgeMs: number, calendar: Calendar | undefined) {
    this.maxBytes = maxBytes;
    this.#maxAgeMs = maxAgeMs;
    this.#calendar = calendar;
  }

  /** Whether a file with something in it is too old now. */
  isExpired(file: LogFile): boolean {
    const now = Date.now();
    // The clock was set back: its age begins again, instead of lasting until then.
    if (now < file.born) file.born = now;
    if (file.size === 0) {
      file.born = now;
      return false;
    }
    if (now - file.born >= this.#maxAgeMs) return true;
    return this.#calendar !== undefined && now >= this.#calendar.endOf(file.born);
  }
}
