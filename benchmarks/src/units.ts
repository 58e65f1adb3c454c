/** What figures are in. */
export type Unit = "MB/s" | "ns" | "us" | "ms" | "B" | "kB";

/** Whether more of it is better. */
export function moreIsBetter(unit: Unit): boolean {
  return unit === "MB/s";
}

/** "64B", "64KiB", "1MiB": for the names of cases. */
export function sizeName(bytes: number): string {
  if (bytes >= 1 << 20) return `${bytes >> 20}MiB`;
  return bytes >= 1 << 10 ? `${bytes >> 10}KiB` : `${bytes}B`;
}
