import { fchmodSync, fchownSync, fstatSync, type Stats } from "node:fs";

/** Read, write and execute for owner, group and others; with set-user-id, set-group-id and sticky. */
const PERMISSIONS = 0o777;
const ALL_BITS = 0o7777;
const GROUP = 0o070;

/** What a new file of secrets is created with, whatever it becomes later. */
export const NARROWEST = 0o600;

/**
 * Gives an open file the owner, group and permissions of another one, as far as the process may.
 * Each on its own merits: what is equal already is not touched, what only root may give stays as
 * it is. A group that can't be given is not replaced by another one that could read the file.
 *
 * The bits for set-user-id, set-group-id and sticky go along with their owners only, and not from a
 * file that has other names: those can be made by who may not give the bits.
 */
export function adoptAttributes(fd: number, { uid, gid, mode, nlink }: Stats): void {
  const made = fstatSync(fd);
  // One at a time: each may be forbidden without the other. The owner last, who may then no more.
  if (made.gid !== gid) ignoreForbidden(() => fchownSync(fd, made.uid, gid));
  if (made.uid !== uid) ignoreForbidden(() => fchownSync(fd, uid, fstatSync(fd).gid));
  const now = fstatSync(fd);
  const hasOwners = now.uid === uid && now.gid === gid;
  let permissions = mode & (hasOwners && nlink === 1 ? ALL_BITS : PERMISSIONS);
  if (now.gid !== gid) permissions &= ~GROUP | ((permissions & 0o007) << 3);
  // After the owners: changing those takes some permissions away.
  if ((now.mode & ALL_BITS) !== permissions) fchmodSync(fd, permissions);
}

/** EPERM: only root gives files away. EINVAL: the owner does not exist in this user namespace. */
const FORBIDDEN: ReadonlySet<string | undefined> = new Set([
  "EPERM",
  "EINVAL",
  "EACCES",
  "ENOTSUP",
  "ENOSYS",
  // The permission model of Node.
  "ERR_ACCESS_DENIED",
]);

function ignoreForbidden(change: () => void): void {
  try {
    change();
  } catch (error) {
    if (!FORBIDDEN.has((error as NodeJS.ErrnoException).code)) throw error;
  }
}
