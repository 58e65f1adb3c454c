import { unlinkSync } from "node:fs";
import { link, unlink, writeFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { AsyncWriteError } from "@aw/core";
import { invalidArgument } from "@aw/core/implementor";
import { readSmallFile, type SmallFile } from "../descriptor/read-small-file.ts";
import { listenForLife, removeSocket, type Life } from "./life-socket.ts";
import { mayHolderLive } from "./lock-holder.ts";
import { hostName } from "./machine.ts";
import { newLockText, parseLock, type LockRecord } from "./lock-record.ts";
import { removeLeftovers, temporaryName } from "./temporary-file.ts";

/** A lock that is held. */
export interface Lock {
  /**
   * Gives it back. A second call does nothing.
   *
   * @throws the error of the system if others can't see that it was given back
   */
  release(): void;
}

/**
 * Takes the lock file `<path>.lock`, or rejects if another writer has it. One that died leaves its
 * lock behind; it is taken over by who asks next.
 *
 * Advisory: it holds off those who ask for it, and nobody else.
 *
 * Beside the lock file there is a socket that its holder listens on. The kernel closes it with the
 * holder, however that ends, and refuses who connects from then on: from other threads, processes
 * and containers too, as long as it is the same kernel. Where there can't be one, the lock file
 * says which process it is.
 */
export async function lock(path: string): Promise<Lock> {
  checkLength(path);
  try {
    return await take(`${path}.lock`);
  } catch (error) {
    throw AsyncWriteError.from(error, "lock file");
  }
}

/** The longest addition to a name. One that is too long is refused at once, not at a stale lock. */
const LONGEST_ADDITION = ".lock.stale.stale";

function checkLength(path: string): void {
  const longest = 255 - LONGEST_ADDITION.length;
  if (Buffer.byteLength(basename(path)) <= longest) return;
  throw invalidArgument(
    `lock file: it needs a name of at most ${longest} bytes: ${basename(path)}; use a shorter one, or lock: false`,
  );
}

async function take(lockPath: string): Promise<Lock> {
  const life = await listenForLife(lockPath);
  try {
    const text = newLockText(life?.name);
    for (;;) {
      const taken = await tryTake(lockPath, text);
      if (taken === undefined) return new HeldLock(lockPath, text, life);
      const owner = readSmallFile(lockPath);
      if (owner === "nothing") continue;
      const record = owner === "other" ? "foreign" : parseLock(owner.text);
      if (record === "foreign") throw foreign(lockPath, taken);
      if (record !== "torn" && (await mayHolderLive(record, lockPath))) {
        throw held(lockPath, record, taken);
      }
      await removeStale(lockPath, (owner as { text: string }).text, record);
    }
  } catch (error) {
    life?.end();
    throw error;
  }
}

class HeldLock implements Lock {
  readonly #path: string;
  readonly #text: string;
  readonly #life: Life | undefined;
  #isReleased = false;

  constructor(path: string, text: string, life: Life | undefined) {
    this.#path = path;
    this.#text = text;
    this.#life = life;
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    try {
      // Another's, if somebody has deleted ours meanwhile.
      const there = readSmallFile(this.#path);
      if (isText(there, this.#text)) unlinkSync(this.#path);
    } catch (error) {
      // Without its socket it holds off nobody, even if this process may not remove it any more.
      if (this.#life === undefined) throw AsyncWriteError.from(error, "remove the lock");
    } finally {
      this.#life?.end();
    }
  }
}

/** Others may see who holds it. */
const READABLE = 0o644;

/** Makes the file with its content in one step: nobody may see it empty. */
async function tryTake(lockPath: string, text: string): Promise<NodeJS.ErrnoException | undefined> {
  const draft = temporaryName(lockPath);
  try {
    await writeFile(draft, text, { flag: "wx", mode: READABLE });
    await link(draft, lockPath);
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return error as NodeJS.ErrnoException;
  } finally {
    // Left behind, it holds off nobody; the next who finds a stale lock removes it.
    await unlink(draft).catch(() => {});
  }
}

/**
 * Only who holds the lock of the lock may remove it: between two who both find it stale, the later
 * one would else remove the lock that the earlier one has just taken.
 */
async function removeStale(
  lockPath: string,
  owner: string,
  record: LockRecord | "torn",
): Promise<void> {
  const guard = await take(`${lockPath}.stale`);
  try {
    if (isText(readSmallFile(lockPath), owner)) await unlink(lockPath);
    if (record !== "torn" && record.socket !== undefined) {
      removeSocket(dirname(lockPath), record.socket);
    }
    await removeLeftovers(lockPath);
  } finally {
    guard.release();
  }
}

function isText(there: SmallFile, text: string): boolean {
  return typeof there === "object" && there.text === text;
}

function held(lockPath: string, { pid, host }: LockRecord, cause: Error): AsyncWriteError {
  const where = host === hostName() ? "" : ` on ${printable(host)}`;
  const message = `open file: process ${pid}${where} has the lock ${lockPath}; wait until it ends, or delete the lock if you know that it is gone`;
  return new AsyncWriteError("ERR_AW_IO", message, { cause });
}

function foreign(lockPath: string, cause: Error): AsyncWriteError {
  const message = `open file: ${lockPath} was not made here, so nobody knows who has the lock; delete it if no program uses it`;
  return new AsyncWriteError("ERR_AW_IO", message, { cause });
}

/** What another machine has written does not get to a terminal as it is. */
function printable(text: string): string {
  return text.slice(0, 64).replaceAll(/[^\w.-]/g, "?");
}
