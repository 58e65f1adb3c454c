import { lstat, rm } from "node:fs/promises";
import { AsyncWriteError } from "@aw/core";
import { connect } from "@aw/tcp";

/**
 * Removes the socket that a process which was killed has left at `path`: no process listens there. One that somebody listens on
 * stays, and so does what is not a socket; listening says then that the path is in use.
 */
export async function removeStaleSocket(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => undefined); // nothing there is what is hoped for
  if (stats?.isSocket() !== true) return;
  try {
    const listening = await connect({ path });
    listening.abort();
  } catch (error) {
    const { cause } = AsyncWriteError.from(error);
    if ((cause as NodeJS.ErrnoException | undefined)?.code === "ECONNREFUSED") await rm(path);
  }
}
