import { link, readFile, rm, unlink, writeFile } from "node:fs/promises";
import { readFileSync, unlinkSync } from "node:fs";
import { AsyncWriteError } from "@aw/core";
import { mayBeAlive, ownMark } from "./process-mark.ts";
import { removeLeftovers, temporaryName } from "./temporary-file.ts";

/** Gives a lock back. */
export type Release = () => void;

/**
 * Takes the lock file `<path>.lock`, or rejects if another writer has it. One that died leaves its
 * lock behind; it is taken over once its process is gone.
 *
 * Advisory: it holds off those who ask for it, and nobody else.
 */
export async function lock(path: string): Promise<Release> {
  try {
    return await take(`${path}.lock`);
  } catch (error) {
    throw AsyncWriteError.from(error, "lock file");
  }
}

async function take(lockPath: string): Promise<Release> {
  for (;;) {
    const error = await tryTake(lockPath);
    if (error === undefined) return once(() => giveBack(lockPath));
    const owner = await ownerOf(lockPath);
    if (owner === undefined) continue;
    if (mayBeAlive(owner)) throw locked(lockPath, owner, error);
    await removeStale(lockPath, owner);
  }
}

/** A second time could give back what another writer of this process has taken since. */
function once(release: Release): Release {
  let released = false;
  return () => {
    if (released) return;
    released = true;
    release();
  };
}

function giveBack(lockPath: string): void {
  try {
    if (readFileSync(lockPath, "utf8") === ownMark()) unlinkSync(lockPath);
  } catch (error) {
    // Somebody has deleted it, or its folder.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** Makes the file with its content in one step: nobody may see it empty. */
async function tryTake(lockPath: string): Promise<NodeJS.ErrnoException | undefined> {
  const draft = temporaryName(lockPath);
  try {
    await writeFile(draft, ownMark(), { flag: "wx" });
    await link(draft, lockPath);
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return error as NodeJS.ErrnoException;
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Only who holds the lock of the lock may remove it: between two who both find it stale, the later
 * one would else remove the lock that the earlier one has just taken.
 */
async function removeStale(lockPath: string, owner: string): Promise<void> {
  const release = await take(`${lockPath}.stale`);
  try {
    if ((await ownerOf(lockPath)) === owner) await unlink(lockPath);
    await removeLeftovers(lockPath);
  } finally {
    release();
  }
}

async function ownerOf(lockPath: string): Promise<string | undefined> {
  try {
    return await readFile(lockPath, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function locked(lockPath: string, owner: string, cause: Error): AsyncWriteError {
  const [, pid] = owner.split("-");
  const message = `open file: process ${pid} has the lock ${lockPath}; wait for it, or delete the lock if you know that it is gone`;
  return new AsyncWriteError("ERR_AW_IO", message, { cause });
}
