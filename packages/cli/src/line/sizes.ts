import { usage } from "./usage.ts";

const SIZES: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

const TIMES: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** The longest time that a timer of Node can wait, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** "64KiB", "10MB", "1.5GiB" or "1000" in bytes. A lone K or M is refused: it means two things. */
export function parseSize(option: string, text: string): number {
  const bytes = quantity(text, SIZES);
  if (Number.isSafeInteger(bytes)) return bytes;
  throw usage(`--${option} takes a size such as 64KiB (65536 bytes) or 10MB, not "${text}"`);
}

/** "10MB/s" in bytes per second. */
export function parseRate(option: string, text: string): number {
  const bytes = text.endsWith("/s") ? quantity(text.slice(0, -2), SIZES) : Number.NaN;
  if (bytes > 0) return bytes;
  throw usage(`--${option} takes a rate such as 10MB/s or 512KiB/s, not "${text}"`);
}

/** "500ms", "30s", "5m" or "1h" in milliseconds. */
export function parseTime(option: string, text: string): number {
  const milliseconds = quantity(text, TIMES);
  if (milliseconds > 0 && milliseconds <= LONGEST_TIMER) return milliseconds;
  throw usage(`--${option} takes a time such as 500ms, 30s or 5m, not "${text}"`);
}

/** "6": a whole number. */
export function parseInteger(option: string, text: string): number {
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  throw usage(`--${option} takes a whole number, not "${text}"`);
}

/** "12.3 MB". */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes / 1000;
  let index = 0;
  // Before 999.95 rounds up to "1000.0".
  for (; value >= 999.95 && index < units.length - 1; index++) value /= 1000;
  return `${value.toFixed(1)} ${units[index]}`;
}

function quantity(text: string, units: Readonly<Record<string, number>>): number {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(text) ?? [];
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  // NaN if there is one without the other.
  return Number(digits) * Number(factor);
}
