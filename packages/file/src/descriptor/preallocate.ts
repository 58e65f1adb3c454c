import { ftruncateSync, write } from "node:fs";
import { promisify } from "node:util";

const BLOCK = new Uint8Array(256 * 1024);

/**
 * Fills a new file with zeros, so that a disk without the room says so now. Node has no
 * `fallocate`, and a file that is merely made longer reserves nothing.
 */
export async function preallocate(fd: number, bytes: number): Promise<void> {
  try {
    for (let position = 0; position < bytes;) {
      const length = Math.min(BLOCK.length, bytes - position);
      const { bytesWritten } = await promisify(write)(fd, BLOCK, 0, length, position);
      position += bytesWritten;
    }
  } catch (error) {
    // Gives back what there was room for.
    ftruncateSync(fd, 0);
    throw error;
  }
}
