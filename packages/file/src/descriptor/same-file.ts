import { lstatSync, type Stats } from "node:fs";

/** Whether `path` itself, not what a link there points at, is the file of `stats`. */
export function isSameFile(path: string, stats: Stats): boolean {
  return whatIsAt(path, stats) === "same";
}

/** What is at `path`: the file of `stats`, another one or a link, or nothing. */
export function whatIsAt(path: string, { dev, ino }: Stats): "same" | "other" | "nothing" {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined) return "nothing";
  return there.dev === dev && there.ino === ino ? "same" : "other";
}
