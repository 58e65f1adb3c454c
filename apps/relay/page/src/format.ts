/** Numbers as people read them. */

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** "1.25 MB"; units of a thousand. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? Math.round(value) : significant(value)} ${UNITS[unit]}`;
}

/** "1.25 MB/s". */
export function rate(bytesPerSecond: number): string {
  return `${bytes(bytesPerSecond)}/s`;
}

/** "350 ms", "3.2 s", "2 min 5 s". */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** "97 %". */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** "2.04". */
export function ratio(value: number): string {
  return value >= 100 ? Math.round(value).toString() : value.toFixed(2);
}

/** "16:05:09", of a time in milliseconds since 1970. */
export function clock(time: number): string {
  return new Date(time).toLocaleTimeString("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
}

/** "1 upload", "2 uploads". */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** The relay's layers stand under meters, which are of no interest to whoever reads what has failed. */
export function withoutMeters(message: string): string {
  return message.replaceAll(" > meter", "");
}

/** Three digits that mean something: "1.25", "12.5", "125". */
function significant(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}
