import { randomBytes } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { MARK_PATTERN, mayBeAlive, ownMark } from "./process-mark.ts";

/** Names of files are at most 255 bytes long; so many characters are enough for people. */
const KEPT_OF_NAME = 40;

/**
 * A name beside `target` for what is not finished: hidden, marked as this process's, and by chance
 * different from those of its other threads and other copies of this package.
 */
export function temporaryName(target: string): string {
  const name = `${prefixOf(target)}${ownMark()}-${randomBytes(6).toString("hex")}.tmp`;
  return join(dirname(target), name);
}

/** Removes what processes that died left beside `target`; never what a living one works on. */
export async function removeLeftovers(target: string): Promise<void> {
  const folder = dirname(target);
  const prefix = prefixOf(target);
  const pattern = new RegExp(`^(${MARK_PATTERN})-[0-9a-f]{12}\\.tmp$`);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix)) continue;
    const mark = pattern.exec(name.slice(prefix.length))?.[1];
    if (mark === undefined || mayBeAlive(mark, folder)) continue;
    // Another process may clean up at the same time, or this one not be allowed to.
    await rm(join(folder, name), { force: true }).catch(() => {});
  }
}

function prefixOf(target: string): string {
  // By characters: half a surrogate pair is another name when it is read again.
  return `.${[...basename(target)].slice(0, KEPT_OF_NAME).join("")}.`;
}
