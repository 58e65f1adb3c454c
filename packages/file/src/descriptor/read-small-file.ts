import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** The text of a file; "other" for what is not a regular file, or a large one. */
export type SmallFile = { text: string } | "nothing" | "other";

const LARGEST = 4096;

/** Reads a file that others may have put there: no link is followed, and no pipe waited for. */
export function readSmallFile(path: string): SmallFile {
  let fd;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return "nothing";
    if (code === "ELOOP" || code === "ENXIO") return "other";
    throw error;
  }
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile() || stats.size > LARGEST) return "other";
    const buffer = Buffer.alloc(LARGEST);
    return { text: buffer.toString("utf8", 0, readSync(fd, buffer, 0, LARGEST, 0)) };
  } finally {
    closeQuietly(fd);
  }
}

/** It was only read: there is nothing to lose. */
function closeQuietly(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // See above.
  }
}
