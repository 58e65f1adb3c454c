import { lstat, readlink, realpath } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** The absolute path of a file, and of what a symbolic link there points at, which may not exist yet. */
export async function resolveTarget(path: string): Promise<string> {
  const existing = await unlessMissing(realpath(path));
  if (existing !== undefined) return existing;
  const link = await unlessMissing(lstat(path));
  if (link === undefined) return resolve(path);
  return resolveTarget(resolve(dirname(path), await readlink(path)));
}

/** A result of the system; undefined for what does not exist. */
export async function unlessMissing<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
