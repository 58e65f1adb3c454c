import { close, openSync } from "node:fs";
import { promisify } from "node:util";
import { AsyncWriteError } from "@aw/core";
import { openAtomic } from "./replace/atomic.ts";
import { check, checkChoice, checkCount } from "./descriptor/check.ts";
import { Descriptor } from "./descriptor/descriptor.ts";
import { FileWriter } from "./writer/file-writer.ts";
import type { Durability } from "./descriptor/io.ts";
import { lock } from "./replace/lock.ts";
import { openDescriptor, openError } from "./descriptor/open-descriptor.ts";
import { paceOf } from "./writer/pace.ts";
import { pathOf } from "./descriptor/path-of.ts";
import { preallocate } from "./descriptor/preallocate.ts";

export interface OpenOptions {
  /**
   * As of `fs.open`. Default: "w", which creates or truncates; "a" appends, in whole lines; "wx"
   * and "ax" must create; "r+" must not.
   */
  flags?: "w" | "wx" | "a" | "ax" | "r+" | undefined;
  /** The permissions of a file that is created. Default: 0o666 less the umask. */
  mode?: number | undefined;
  /**
   * Write a temporary file in the same folder, and put it in the place of `path` at close, durably.
   * Until then, and for ever after an abort or a crash, `path` is as it was. Default: false.
   */
  atomic?: boolean | undefined;
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
  /** Where to begin, in bytes, with "r+" or "w". Default: 0. */
  position?: number | undefined;
  /**
   * Writes so many zero bytes first, so that a full disk is known at once; the file is cut to what
   * was written at close. With "w" and "wx". Default: 0.
   */
  preallocate?: number | undefined;
  /** Takes the lock file `<path>.lock`, until it is closed. Default: false. */
  lock?: boolean | undefined;
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
 * Rejects with `ERR_AW_IO` (also if the lock is taken), `ERR_AW_NO_SPACE`, Node's error as the
 * cause, with `ERR_AW_INVALID_ARGUMENT`, or with `ERR_AW_UNSUPPORTED` for an atomic replacement of
 * what is no regular file.
 */
export async function open(path: string | URL, options: OpenOptions = {}): Promise<FileWriter> {
  checkOptions(options);
  const name = pathOf(path);
  const release = options.lock === true ? await lock(name) : undefined;
  try {
    return await openLocked(name, options, release);
  } catch (error) {
    release?.();
    throw AsyncWriteError.from(error, "open file");
  }
}

async function openLocked(
  path: string,
  options: OpenOptions,
  onReleased: (() => void) | undefined,
): Promise<FileWriter> {
  const { flags = "w", mode = 0o666, io = "async", durability = "none" } = options;
  const appends = flags.startsWith("a");
  const descriptorOptions = {
    io,
    position: appends ? null : (options.position ?? 0),
    exclusive: true,
    truncates: options.preallocate !== undefined,
    onReleased,
  };
  const descriptor = options.atomic
    ? await openAtomic(path, mode, descriptorOptions)
    : new Descriptor(await openDescriptor(path, flags, mode), descriptorOptions);
  try {
    if (options.preallocate !== undefined) await preallocate(descriptor.fd, options.preallocate);
  } catch (error) {
    descriptor.drop();
    throw error;
  }
  return new FileWriter({
    label: `file ${path}`,
    output: descriptor,
    durability,
    ...paceOf(io, descriptor),
    wholeLines: appends,
    reopen: appends ? () => reopen(descriptor, path, mode) : undefined,
  });
}

/** At once, so that nothing can come in between; only what has been is closed in the background. */
function reopen(descriptor: Descriptor, path: string, mode: number): Promise<void> {
  let fd;
  try {
    fd = openSync(path, "a", mode);
  } catch (error) {
    throw openError(error);
  }
  return promisify(close)(descriptor.swap(fd));
}

function checkOptions(options: OpenOptions): void {
  const { flags = "w", io = "async", durability = "none", position, preallocate: zeros } = options;
  checkChoice("io", io, ["async", "sync"]);
  checkChoice("durability", durability, ["none", "data", "full"]);
  checkChoice("flags", flags, ["w", "wx", "a", "ax", "r+"]);
  checkCount("position", position, 0);
  checkCount("preallocate", zeros, 0);
  check(
    position === undefined || !flags.startsWith("a"),
    `position has no meaning with flags "${flags}": the kernel appends`,
  );
  check(
    options.atomic !== true || (flags === "w" && position === undefined),
    `atomic writes a whole new file: it goes with no position, and not with flags "${flags}"`,
  );
  check(
    zeros === undefined || (flags.startsWith("w") && position === undefined),
    `preallocate is for new files: it goes with no position, and not with flags "${flags}"`,
  );
}
