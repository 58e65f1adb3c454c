import { basename } from "node:path";
import { AsyncWriteError } from "@aw/core";
import {
  BOOLEAN,
  checkOptions,
  either,
  FUNCTION,
  invalidArgument,
  nested,
  oneOf,
  POSITIVE_COUNT,
  type Schema,
} from "@aw/core/implementor";
import { checkSyncable } from "../descriptor/check-syncable.ts";
import { publishError } from "../descriptor/diagnostics.ts";
import type { Durability } from "../descriptor/io.ts";
import { pathOf } from "../descriptor/path-of.ts";
import { resolveTarget } from "../descriptor/resolve-target.ts";
import { DURABILITY, IO, MODE } from "../descriptor/rules.ts";
import { POLICY_RULES, type LogPolicy } from "../log/log-policy.ts";
import { RecoveringOutput } from "../log/recovering-output.ts";
import { lock, type Lock } from "../replace/lock.ts";
import { isMountPoint } from "../replace/mount-point.ts";
import { LockedOutput } from "../replace/locked-output.ts";
import { removeLeftovers } from "../replace/temporary-file.ts";
import { FileWriter } from "../writer/file-writer.ts";
import { LONGEST_LINE, paceOf } from "../writer/pace.ts";
import type { Archive } from "./archive.ts";
import { Archiver } from "./archiver.ts";
import { Calendar, type Every, type TimeZone } from "./calendar.ts";
import { COMPRESSION, Compressor, type Compression } from "./compression.ts";
import { DatedArchive } from "./dated-archive.ts";
import { Limits } from "./limits.ts";
import { openLog } from "./log-file.ts";
import { NumberedArchive } from "./numbered-archive.ts";
import { RotatingOutput } from "./rotating-output.ts";
import { Rotation, type RotatedFile } from "./rotation.ts";

/** What `rotating` can be given. */
export interface RotatingOptions extends LogPolicy {
  /** Begins a new file before one is larger than this, in bytes. A longer line has one alone. */
  maxBytes?: number | undefined;
  /** Begins a new file before the first write to one that is so old, in milliseconds. */
  maxAgeMs?: number | undefined;
  /** Begins a new file before the first write of another day or hour of the calendar. */
  every?: Every | undefined;
  /** Whose days and hours. Default: "local", that of the process, daylight saving time included. */
  timeZone?: TimeZone | undefined;
  /**
   * What old files are called. "numbered" (default): `<path>.1` is the latest one, and they move on.
   * "dated": `<path>.2026-11-28`, or `<path>.2026-11-28T13` with `every: "hour"`, after when they
   * were begun; further ones of the same day have `.1`, `.2` behind that.
   */
  names?: "numbered" | "dated" | undefined;
  /** How many old files there are at most. Default: 5. */
  keep?: number | undefined;
  /** Compresses old files in the background. Default: no. */
  compress?: "gzip" | Compression | undefined;
  /** The permissions of the first file; those that follow have what it has then. Default: 0o666 less the umask. */
  mode?: number | undefined;
  /** As of `open`. Default: "async". */
  io?: "async" | "sync" | undefined;
  /** As of `open`. Default: "none". */
  durability?: Durability | undefined;
  /** Takes the lock file `<path>.lock`: two who rotate one log would lose lines. Default: true. */
  lock?: boolean | undefined;
  /** Called after each rotation, with the file that has become an old one. */
  onRotate?: ((file: RotatedFile) => void) | undefined;
}

const OPTIONS: Schema<RotatingOptions> = {
  maxBytes: POSITIVE_COUNT,
  maxAgeMs: POSITIVE_COUNT,
  every: oneOf("hour", "day"),
  timeZone: oneOf("local", "utc"),
  names: oneOf("numbered", "dated"),
  keep: POSITIVE_COUNT,
  compress: either(oneOf("gzip"), nested(COMPRESSION)),
  mode: MODE,
  io: IO,
  durability: DURABILITY,
  lock: BOOLEAN,
  onRotate: FUNCTION,
  ...POLICY_RULES,
};

/**
 * Opens a log that begins a new file when one is full or old. Resolves once it is open. What is in
 * the file already is appended to; a line that a crash cut off there is ended first.
 *
 * ```ts
 * const log = await rotating("app.log", { maxBytes: 10_000_000, keep: 5, compress: "gzip" });
 * await log.writeAll("started\n");
 * ```
 *
 * Once open, it does not fail because its files can't be written: lines wait in a bounded backlog
 * while attempts go on, and what is lost is counted, see {@link LogPolicy}. A flush waits for that.
 * `close` makes a last attempt, and rejects if lines were lost.
 *
 * Rejects as `open` does, and with `ERR_AW_UNSUPPORTED` for what is not a regular file.
 */
export async function rotating(path: string | URL, options: RotatingOptions): Promise<FileWriter> {
  checkOptions("rotating", options, OPTIONS);
  if (typeof options.compress === "object") {
    checkOptions("rotating: compress", options.compress, COMPRESSION);
  }
  const { maxBytes, maxAgeMs, every } = options;
  if (maxBytes === undefined && maxAgeMs === undefined && every === undefined) {
    throw invalidArgument(
      'rotating: it needs maxBytes, maxAgeMs or every; else open the file with flags "a"',
    );
  }
  let name = pathOf("rotating", path);
  if ((options.durability ?? "none") !== "none") checkSyncable("rotating: durability");
  else if (options.compress !== undefined) checkSyncable("rotating: compress");
  let taken: Lock | undefined;
  try {
    // Once: later no link is followed. The old files lie beside the file itself.
    name = await resolveTarget(name);
    checkLength(name, options);
    if (isMountPoint(name)) throw mounted(name);
    if (options.lock !== false) taken = await lock(name);
    return await openLocked(name, options, taken);
  } catch (error) {
    taken?.release();
    const failure = AsyncWriteError.from(error, "open log");
    publishError(labelOf(name), failure);
    throw failure;
  }
}

function labelOf(path: string): string {
  return `rotating ${path}`;
}

async function openLocked(
  path: string,
  options: RotatingOptions,
  taken: Lock | undefined,
): Promise<FileWriter> {
  const { mode = 0o666, io = "async", durability = "none", compress } = options;
  const label = labelOf(path);
  const calendar = new Calendar(options.every ?? "day", options.timeZone ?? "local");
  const compressor = compress === undefined ? undefined : new Compressor(compress);
  const archive = archiveOf(path, options, calendar, compressor?.extension);
  await removeLeftovers(path);
  const file = openLog(path, mode, io);
  try {
    archive.prune();
  } catch (error) {
    file.descriptor.drop(() => {});
    throw error;
  }

  const onError = (error: unknown): void => recovering.report(error, "rotate log");
  const archiver = compressor && new Archiver(path, compressor, onError);
  for (const { base, extensions } of archive.list()) {
    if (extensions.includes("")) archiver?.add(base);
  }
  const onRotate = (rotated: RotatedFile): void => callLater(options.onRotate, rotated, onError);
  const output = new RotatingOutput({
    file,
    limits: new Limits(
      options.maxBytes ?? Infinity,
      options.maxAgeMs ?? Infinity,
      options.every === undefined ? undefined : calendar,
    ),
    rotation: new Rotation({ name: label, path, archive, archiver, durability, io, onRotate }),
    durability,
    onError,
    finish: async () => archiver?.finished(),
    stop: () => archiver?.stop(),
  });
  const locked = taken === undefined ? output : new LockedOutput(output, taken);
  const recovering = new RecoveringOutput(locked, label, options);
  return new FileWriter({
    label,
    output: recovering,
    durability,
    ...paceOf(io, file.descriptor),
    longestLine: LONGEST_LINE,
  });
}

function archiveOf(
  path: string,
  { names, keep = 5 }: RotatingOptions,
  calendar: Calendar,
  extension: string | undefined,
): Archive {
  if (names === "dated") return new DatedArchive(path, keep, calendar, extension);
  return new NumberedArchive(path, keep, extension);
}

/** Not in the middle of a write: the callback may log something itself. */
function callLater(
  onRotate: ((file: RotatedFile) => void) | undefined,
  rotated: RotatedFile,
  onError: (error: unknown) => void,
): void {
  if (onRotate === undefined) return;
  queueMicrotask(() => {
    try {
      onRotate(rotated);
    } catch (error) {
      onError(error);
    }
  });
}

function mounted(path: string): AsyncWriteError {
  const message = `open log: ${path} is a mount of its own and can't be renamed; mount its folder instead, or write to it with open()`;
  return new AsyncWriteError("ERR_AW_UNSUPPORTED", message);
}

/** The max length of the name of a file, in bytes. */
const LONGEST_NAME = 255;

/** Old files have longer names. One that is too long is refused at once, not at the first rotation. */
function checkLength(path: string, { names, keep = 5, compress }: RotatingOptions): void {
  const number = names === "dated" ? ".2026-11-28T13.999" : `.${keep}`;
  const extension = typeof compress === "object" ? compress.extension : compress ? ".gz" : "";
  if (Buffer.byteLength(basename(path) + number + extension) <= LONGEST_NAME) return;
  throw invalidArgument(
    `rotating: with ${number}${extension} behind it the name is longer than ${LONGEST_NAME} bytes: ${basename(path)}`,
  );
}
