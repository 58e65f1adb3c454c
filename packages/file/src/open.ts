import { close, closeSync, existsSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { AsyncWriteError } from "@aw/core";
import {
  BOOLEAN,
  checkOptions,
  COUNT,
  invalidArgument,
  oneOf,
  type Schema,
} from "@aw/core/implementor";
import { publishError } from "./descriptor/diagnostics.ts";
import { Descriptor, type DescriptorOptions } from "./descriptor/descriptor.ts";
import { checkSyncable } from "./descriptor/check-syncable.ts";
import { stepped } from "./descriptor/done.ts";
import { openFolder, syncFolderNow, type Folder } from "./descriptor/folder.ts";
import type { Durability } from "./descriptor/io.ts";
import { openDescriptor, openError } from "./descriptor/open-descriptor.ts";
import type { Output } from "./descriptor/output.ts";
import { pathOf } from "./descriptor/path-of.ts";
import { preallocate } from "./descriptor/preallocate.ts";
import { resolveTarget } from "./descriptor/resolve-target.ts";
import { DURABILITY, IO, MODE } from "./descriptor/rules.ts";
import { openAtomic } from "./replace/atomic.ts";
import { lock, type Lock } from "./replace/lock.ts";
import { LockedOutput } from "./replace/locked-output.ts";
import { FileWriter } from "./writer/file-writer.ts";
import { LONGEST_LINE, paceOf } from "./writer/pace.ts";

/** What `open` can be given. */
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
   * Until then, and after an abort or a crash, `path` is as it was. Default: false.
   */
  atomic?: boolean | undefined;
  /**
   * - "async" (default): the thread pool writes; the event loop never waits for the disk.
   * - "sync": `write(2)` in the calling thread. Several times faster on a fast disk, and everything in
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

const OPTIONS: Schema<OpenOptions> = {
  flags: oneOf("w", "wx", "a", "ax", "r+"),
  mode: MODE,
  atomic: BOOLEAN,
  io: IO,
  durability: DURABILITY,
  position: COUNT,
  preallocate: COUNT,
  lock: BOOLEAN,
};

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
 * what is not a regular file, or is mounted by itself.
 */
export async function open(path: string | URL, options: OpenOptions = {}): Promise<FileWriter> {
  checkOptions("open", options, OPTIONS);
  checkTogether(options);
  const name = pathOf("open", path);
  if (options.atomic === true) checkSyncable("open: atomic");
  else if ((options.durability ?? "none") !== "none") checkSyncable("open: durability");
  let taken: Lock | undefined;
  try {
    if (options.lock === true) taken = await lock(name);
    const { descriptor, output } = await openOutput(name, options);
    return writerOf(name, options, descriptor, taken ? new LockedOutput(output, taken) : output);
  } catch (error) {
    taken?.release();
    throw notOpened(name, error);
  }
}

/** An open file, and what to write into. */
interface Opened {
  descriptor: Descriptor;
  output: Output;
}

async function openOutput(path: string, options: OpenOptions): Promise<Opened> {
  const { flags = "w", mode = 0o666, io = "async", durability = "none" } = options;
  const descriptorOptions: DescriptorOptions = {
    io,
    position: flags.startsWith("a") ? null : (options.position ?? 0),
    exclusive: true,
    truncates: options.preallocate !== undefined,
  };
  // The name of a new file has to be on the disk, too. A folder that can't be read can't be synced:
  // that must be known before the file is made.
  const isNew = options.atomic !== true && !existsSync(path);
  const folder =
    durability !== "none" && isNew ? openFolder(dirname(await resolveTarget(path))) : undefined;
  try {
    const opened = options.atomic
      ? await openAtomic(path, mode, descriptorOptions)
      : await openInPlace(path, flags, mode, descriptorOptions);
    await prepare(opened, options.preallocate, folder);
    return opened;
  } finally {
    folder?.close();
  }
}

/** What has to be done before an open file is of use. If that fails, nothing is left open. */
async function prepare(
  { descriptor, output }: Opened,
  zeros: number | undefined,
  folder: Folder | undefined,
): Promise<void> {
  try {
    if (zeros !== undefined) await preallocate(descriptor.fd, zeros);
    if (folder !== undefined) await stepped((done) => folder.sync(done));
  } catch (error) {
    output.drop(() => {});
    throw error;
  }
}

async function openInPlace(
  path: string,
  flags: string,
  mode: number,
  options: DescriptorOptions,
): Promise<Opened> {
  const descriptor = Descriptor.adopt(await openDescriptor(path, flags, mode), options);
  return { descriptor, output: descriptor };
}

function writerOf(
  path: string,
  options: OpenOptions,
  descriptor: Descriptor,
  output: Output,
): FileWriter {
  const { flags = "w", io = "async", durability = "none" } = options;
  const appends = flags.startsWith("a");
  return new FileWriter({
    label: nameOf(path),
    output,
    durability,
    ...paceOf(io, descriptor),
    longestLine: appends ? LONGEST_LINE : undefined,
    reopen: appends ? () => reopen(descriptor, path, options) : undefined,
  });
}

function nameOf(path: string): string {
  return `file ${path}`;
}

function notOpened(path: string, error: unknown): AsyncWriteError {
  const failure = AsyncWriteError.from(error, `open ${nameOf(path)}`);
  publishError(nameOf(path), failure);
  return failure;
}

/** At once, so that nothing can come in between; only what has been is closed in the background. */
async function reopen(descriptor: Descriptor, path: string, options: OpenOptions): Promise<void> {
  const fd = openAgain(path, options);
  try {
    await promisify(close)(descriptor.swap(fd));
  } catch (error) {
    throw AsyncWriteError.from(error, "close the file before");
  }
}

function openAgain(path: string, { mode = 0o666, durability = "none" }: OpenOptions): number {
  let fd;
  try {
    fd = openSync(path, "a", mode);
    // The name of a new file has to be on the disk, too.
    if (durability !== "none") syncFolderNow(dirname(path));
    return fd;
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    throw openError(error);
  }
}

/** Options that contradict each other. */
function checkTogether({ flags = "w", position, atomic, preallocate: zeros }: OpenOptions): void {
  if (position !== undefined && flags.startsWith("a")) {
    throw invalidArgument(
      `open: position has no meaning with flags "${flags}": the kernel appends`,
    );
  }
  if (atomic === true && (flags !== "w" || position !== undefined)) {
    throw invalidArgument(
      `open: atomic writes a whole new file: it goes with no position, and not with flags "${flags}"`,
    );
  }
  if (zeros !== undefined && (!flags.startsWith("w") || position !== undefined)) {
    throw invalidArgument(
      `open: preallocate is for new files: it goes with no position, and not with flags "${flags}"`,
    );
  }
}
