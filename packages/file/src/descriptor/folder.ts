import { closeSync, fsync, fsyncSync, openSync } from "node:fs";
import { AsyncWriteError, type Done } from "@aw/core";

/** What file systems say that can't sync a folder: VirtualBox, some of FUSE, network shares. */
const CANNOT: ReadonlySet<string | undefined> = new Set([
  "EINVAL",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EBADF",
  // The permission model of Node knows only descriptors of files that may be written.
  "ERR_ACCESS_DENIED",
]);

/**
 * An open folder, so that new names in it can be made to survive a loss of power. Windows has no
 * such call, and needs none. Where the file system has none either, there is nothing to wait for.
 */
export class Folder {
  #fd: number | undefined;

  /** @throws the error of the system if the folder can't be read: then it can't be synced */
  constructor(path: string) {
    this.#fd = process.platform === "win32" ? undefined : openSync(path, "r");
  }

  sync(done: Done): void {
    if (this.#fd === undefined) done();
    else fsync(this.#fd, (error) => done(isUnable(error) ? undefined : error));
  }

  close(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    try {
      if (fd !== undefined) closeSync(fd);
    } catch {
      // It was only read: there is nothing to lose.
    }
  }
}

/**
 * Opens a folder that has to be synced later.
 *
 * @throws AsyncWriteError why it can't be read
 */
export function openFolder(path: string): Folder {
  try {
    return new Folder(path);
  } catch (error) {
    const attempt = "open file: the folder has to be read, to make a new name in it durable";
    throw AsyncWriteError.from(error, attempt);
  }
}

/** Syncs a folder synchronously, for names that were just made in it. */
export function syncFolderNow(path: string): void {
  if (process.platform === "win32") return;
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } catch (error) {
    if (!isUnable(error)) throw error;
  } finally {
    closeSync(fd);
  }
}

function isUnable(error: unknown): boolean {
  return CANNOT.has((error as NodeJS.ErrnoException | null)?.code);
}
