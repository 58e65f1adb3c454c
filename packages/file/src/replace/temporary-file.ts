import { readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { MARK_PATTERN, mayBeAlive, ownMark } from "./process-mark.ts";

/** Names of files are at most 255 bytes long; this much of the target's is enough for people. */
const KEPT_OF_NAME = 40;

let made = 0;

/** A name beside `target` for what is not finished: hidden, and marked as this process's. */
export function temporaryName(target: string): string {
  return join(dirname(target), `${prefixOf(target)}${ownMark()}-${++made}.tmp`);
}

/** Removes what processes that died left beside `target`; never what a living one works on. */
export async function removeLeftovers(target: string): Promise<void> {
  const folder = dirname(target);
  const prefix = prefixOf(target);
  const pattern = new RegExp(`^(${MARK_PATTERN})-\\d+\\.tmp$`);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix)) continue;
    const mark = pattern.exec(name.slice(prefix.length))?.[1];
    // Another process may clean up at the same time.
    if (mark !== undefined && !mayBeAlive(mark)) await rm(join(folder, name), { force: true });
  }
}

function prefixOf(target: string): string {
  return `.${basename(target).slice(0, KEPT_OF_NAME)}.`;
}
