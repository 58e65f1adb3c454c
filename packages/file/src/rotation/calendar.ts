/** What a log begins a new file with. */
export type Every = "hour" | "day";
/** Whose days and hours: those of the process's time zone, or UTC. */
export type TimeZone = "local" | "utc";

/** Days or hours of a calendar, in local time or in UTC. */
export class Calendar {
  readonly #every: Every;
  readonly #isUtc: boolean;

  constructor(every: Every, timeZone: TimeZone) {
    this.#every = every;
    this.#isUtc = timeZone === "utc";
  }

  /**
   * When the day or hour of `time` ends, in milliseconds since the epoch. A day may have 23 or 25
   * hours, and its midnight may not exist; an hour may come twice, and an offset have half hours.
   */
  endOf(time: number): number {
    const date = new Date(time);
    if (this.#every === "hour") {
      const minutes = this.#isUtc ? date.getUTCMinutes() : date.getMinutes();
      const into = minutes * 60_000 + date.getUTCSeconds() * 1000 + date.getUTCMilliseconds();
      return time - into + HOUR_MS;
    }
    if (this.#isUtc) return time - (time % DAY_MS) + DAY_MS;
    return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
  }

  /** The name of the day or hour of `time`: "2026-11-28", "2026-11-28T13". */
  nameOf(time: number): string {
    const date = new Date(time);
    const [year, month, day, hour] = this.#isUtc
      ? [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), date.getUTCHours()]
      : [date.getFullYear(), date.getMonth(), date.getDate(), date.getHours()];
    const name = `${year}-${twoDigits(month + 1)}-${twoDigits(day)}`;
    return this.#every === "hour" ? `${name}T${twoDigits(hour)}` : name;
  }
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
