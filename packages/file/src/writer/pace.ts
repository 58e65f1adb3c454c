import type { Descriptor } from "../descriptor/descriptor.ts";
import type { FileWriterOptions } from "./file-writer.ts";

/** A round trip to the thread pool takes as long as 100 KiB of writing: few large ones are faster. */
const THREAD_POOL_CAPACITY: number = 1024 * 1024;

/** The max length of a line that is kept whole in a file, in bytes. */
export const LONGEST_LINE: number = 1024 * 1024;

/** How a writer works with its descriptor. Only files never make the thread wait for a reader. */
export function paceOf(
  io: "async" | "sync",
  { isFile }: Descriptor,
): Pick<FileWriterOptions, "synchronous" | "capacity"> {
  if (io === "sync") return { synchronous: isFile };
  return { synchronous: false, capacity: isFile ? THREAD_POOL_CAPACITY : undefined };
}
