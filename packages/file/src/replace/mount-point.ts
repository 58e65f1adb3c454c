import { readFileSync } from "node:fs";

/**
 * Whether something is mounted at `path`, such as a single file that is bound into a container. Such
 * a name can't be given to another file. Only Linux tells.
 */
export function isMountPoint(path: string): boolean {
  let table;
  try {
    table = readFileSync("/proc/self/mountinfo", "utf8");
  } catch {
    return false;
  }
  // The fifth field is the place, with blanks and the like as octal numbers.
  return table.split("\n").some((line) => unescape(line.split(" ")[4] ?? "") === path);
}

function unescape(field: string): string {
  return field.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
