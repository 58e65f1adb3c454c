import { open as openFd, type PathLike } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { AsyncWriteError } from "@aw/core";
import { asyncHandle, syncHandle, type Durability } from "./file-handle.ts";
import { FileWriter } from "./file-writer.ts";

export interface OpenOptions {
  /** As of `fs.open`. Default: "w", which creates or truncates; "a" appends; "wx" must create. */
  flags?: "w" | "wx" | "a" | "ax" | "r+" | undefined;
  /** The permissions of a file that is created. Default: 0o666 less the umask. */
  mode?: number | undefined;
  /**
   * - "async" (default): the thread pool writes; the event loop never waits for the disk.
   * - "sync": `write(2)` from this thread. Several times faster on a fast disk, and everything in
   *   the process waits on a slow one.
   */
  io?: "async" | "sync" | undefined;
  /**
   * What flush and close promise: "none" (default): the kernel has the bytes; "data": they are on
   * the disk (`fdatasync`); "full": metadata too (`fsync`).
   */
  durability?: Durability | undefined;
  /** Where to begin, in bytes, with "r+" or "w". Default: where the file stands. */
  position?: number | undefined;
}

/**
 * Opens a file to write into. Resolves once it is open.
 *
 * ```ts
 * const out = await open("report.csv", { durability: "data" });
 * await out.writeAll("a,b\n");
 * await out.close(); // on the disk
 * ```
 *
 * Rejects with `ERR_AW_IO` or `ERR_AW_NO_SPACE`, Node's error as the cause, or with
 * `ERR_AW_INVALID_ARGUMENT`.
 */
export async function open(path: string | URL, options: OpenOptions = {}): Promise<FileWriter> {
  const { flags = "w", mode = 0o666, io = "async", durability = "none", position } = options;
  check(io === "async" || io === "sync", `io must be "async" or "sync", got ${io}`);
  check(
    durability === "none" || durability === "data" || durability === "full",
    `durability must be "none", "data" or "full", got ${durability}`,
  );
  check(
    position === undefined || (Number.isSafeInteger(position) && position >= 0),
    `position must be a count of bytes, got ${position}`,
  );
  check(
    position === undefined || !flags.startsWith("a"),
    `position has no meaning with flags "${flags}": the kernel appends`,
  );
  const name = path instanceof URL ? fileURLToPath(path) : path;
  const fd = await openDescriptor(name, flags, mode);
  const handle = io === "sync" ? syncHandle(fd, position) : asyncHandle(fd, position);
  return new FileWriter(name, handle, durability, io === "sync");
}

async function openDescriptor(path: PathLike, flags: string, mode: number): Promise<number> {
  try {
    return await promisify(openFd)(path, flags, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith("ERR_") === true) {
      const message = `open file: ${(error as Error).message}`;
      throw new AsyncWriteError("ERR_AW_INVALID_ARGUMENT", message, { cause: error });
    }
    throw AsyncWriteError.from(error, "open file");
  }
}

function check(condition: boolean, message: string): void {
  if (!condition) throw new AsyncWriteError("ERR_AW_INVALID_ARGUMENT", message);
}
