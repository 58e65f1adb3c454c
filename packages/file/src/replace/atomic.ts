import { constants, type Stats } from "node:fs";
import { lstat, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { AsyncWriteError } from "@aw/core";
import { Descriptor, type DescriptorOptions } from "../descriptor/descriptor.ts";
import { openFolder } from "../descriptor/folder.ts";
import { openDescriptor } from "../descriptor/open-descriptor.ts";
import { resolveTarget, unlessMissing } from "../descriptor/resolve-target.ts";
import { NARROWEST } from "./attributes.ts";
import { isMountPoint } from "./mount-point.ts";
import { ReplacingOutput } from "./replacing-output.ts";
import { removeLeftovers, temporaryName } from "./temporary-file.ts";

/** A new file, never what a link points at. */
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Opens a temporary file beside `path` that takes its place at close. Nobody else can read it
 * before that, if there is a file to replace; then it has the permissions and, where the process
 * may give them, the owners of that one.
 *
 * @returns the output, and the open temporary file
 */
export async function openAtomic(
  path: string,
  mode: number,
  options: DescriptorOptions,
): Promise<{ output: ReplacingOutput; descriptor: Descriptor }> {
  const target = await resolveTarget(path);
  const existing = await unlessMissing(lstat(target));
  checkReplaceable(target, existing);
  const folder = openFolder(dirname(target));
  const temporary = temporaryName(target);
  let descriptor: Descriptor | undefined;
  let isMade = false;
  try {
    await removeLeftovers(target);
    const narrow = existing === undefined ? mode : creationMode(existing);
    const fd = await openDescriptor(temporary, CREATE, narrow);
    isMade = true;
    descriptor = Descriptor.adopt(fd, options);
    const output = new ReplacingOutput(descriptor, { temporary, target, folder, existing });
    return { output, descriptor };
  } catch (error) {
    descriptor?.drop(() => {});
    // What fails now is not told: there is an earlier error. The next open of the path after this process removes it.
    if (isMade) await rm(temporary, { force: true }).catch(() => {});
    folder.close();
    throw error;
  }
}

/** The permission model of Node lets nobody widen it later. */
function creationMode({ mode }: Stats): number {
  return process.permission === undefined ? NARROWEST : mode & 0o777;
}

function checkReplaceable(target: string, existing: Stats | undefined): void {
  if (existing?.isFile() === false) throw unsupported(`${target} is not a regular file`);
  if (existing !== undefined && isMountPoint(target)) {
    throw unsupported(`${target} is a mount of its own; mount its folder instead`);
  }
}

function unsupported(what: string): AsyncWriteError {
  const message = `open file: ${what}, and can't be replaced atomically`;
  return new AsyncWriteError("ERR_AW_UNSUPPORTED", message);
}
