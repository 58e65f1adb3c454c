import { fsyncSync } from "node:fs";
import { AsyncWriteError } from "@aw/core";

/** The number of no descriptor. */
const NONE = 2 ** 31 - 1;

/**
 * Refuses what has to sync files where the permission model of Node lets nobody do that: it would
 * fail after everything has been written.
 *
 * @param needs what can't be had: "open: atomic"
 * @throws AsyncWriteError `ERR_AW_UNSUPPORTED`
 */
export function checkSyncable(needs: string): void {
  if (process.permission === undefined) return;
  try {
    fsyncSync(NONE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_ACCESS_DENIED") return;
    const message = `${needs} needs fsync, which Node has disabled under its permission model; do without it, or without --permission`;
    throw new AsyncWriteError("ERR_AW_UNSUPPORTED", message, { cause: error });
  }
}
