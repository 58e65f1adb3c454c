import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** In memory where the system has that: what is compared is the writers, not a disk. */
const PARENT: string = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** Calls `use` with the path of a file that is not there yet, and removes it afterwards. */
export async function withFile<T>(use: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(PARENT, "aw-bench-"));
  try {
    return await use(join(folder, "file"));
  } finally {
    await rm(folder, { recursive: true });
  }
}
