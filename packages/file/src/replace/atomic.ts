import { unlinkSync, type Stats } from "node:fs";
import { chmod, chown, lstat, open, readlink, realpath, rename, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { AsyncWriteError, type Done } from "@aw/core";
import { Descriptor, type DescriptorOptions } from "../descriptor/descriptor.ts";
import { stepped } from "../descriptor/done.ts";
import { openDescriptor } from "../descriptor/open-descriptor.ts";
import { removeLeftovers, temporaryName } from "./temporary-file.ts";

/**
 * Opens a temporary file beside `path` that takes its place at close. It has the permissions and,
 * where the process may give them, the owners of the file that it replaces.
 */
export async function openAtomic(
  path: string,
  mode: number,
  options: DescriptorOptions,
): Promise<Descriptor> {
  const target = await resolveTarget(path);
  const existing = await unlessMissing(stat(target));
  if (existing?.isFile() === false) {
    const message = `open file: ${target} is no regular file, and can't be replaced atomically`;
    throw new AsyncWriteError("ERR_AW_UNSUPPORTED", message);
  }
  await removeLeftovers(target);
  const temporary = temporaryName(target);
  const descriptor = new AtomicDescriptor(
    await openDescriptor(temporary, "wx", mode),
    options,
    temporary,
    target,
  );
  try {
    if (existing !== undefined) await copyOwnership(existing, temporary);
  } catch (error) {
    descriptor.drop();
    throw error;
  }
  return descriptor;
}

class AtomicDescriptor extends Descriptor {
  readonly #temporary: string;
  readonly #target: string;

  constructor(fd: number, options: DescriptorOptions, temporary: string, target: string) {
    super(fd, options);
    this.#temporary = temporary;
    this.#target = target;
  }

  /** The new content is on the disk before the name points at it, and the name is when it is ready. */
  override close(done: Done): void {
    this.#replace().then(() => done(), done);
  }

  override drop(): void {
    super.drop();
    try {
      unlinkSync(this.#temporary);
    } catch {
      // It is in place by now, or can't be removed: then the next open will.
    }
  }

  async #replace(): Promise<void> {
    await stepped((done) => this.truncate(done));
    await stepped((done) => this.sync("full", done));
    await stepped((done) => super.close(done));
    await rename(this.#temporary, this.#target);
    await syncFolder(dirname(this.#target));
  }
}

/** Makes a rename in `folder` survive a loss of power. Windows has no such call, and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What a symbolic link points at, also if that does not exist yet. */
async function resolveTarget(path: string): Promise<string> {
  const existing = await unlessMissing(realpath(path));
  if (existing !== undefined) return existing;
  const link = await unlessMissing(lstat(path));
  if (link === undefined) return resolve(path);
  return resolveTarget(resolve(dirname(path), await readlink(path)));
}

async function copyOwnership({ mode, uid, gid }: Stats, to: string): Promise<void> {
  const made = await stat(to);
  if (made.uid !== uid || made.gid !== gid) {
    await chown(to, uid, gid).catch((error: NodeJS.ErrnoException) => {
      // Only root gives files away. Replacing it all the same is what its folder permits.
      if (error.code !== "EPERM") throw error;
    });
  }
  // After the owners: changing those takes some permissions away.
  await chmod(to, mode & 0o7777);
}

async function unlessMissing<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
