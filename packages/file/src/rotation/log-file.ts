import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync,
  type Stats,
} from "node:fs";
import { AsyncWriteError } from "@aw/core";
import { Descriptor } from "../descriptor/descriptor.ts";
import { openError } from "../descriptor/open-descriptor.ts";
import { isSameFile } from "../descriptor/same-file.ts";
import { adoptAttributes, NARROWEST } from "../replace/attributes.ts";

/** The file that is written to. */
export interface LogFile {
  descriptor: Descriptor;
  /** Which file it is, whatever its name, and who may read it. */
  readonly stats: Stats;
  /** In bytes. */
  size: number;
  /** When it was begun, in milliseconds since the epoch. */
  born: number;
}

/** To append, and to read how the last line ends. Never through a link, never waiting for a pipe. */
const APPEND =
  constants.O_RDWR |
  constants.O_APPEND |
  constants.O_CREAT |
  constants.O_NOFOLLOW |
  constants.O_NONBLOCK;

/**
 * Opens the log at `path`, or creates it with `mode`. A line that was cut off there is ended: the
 * next one begins a new line.
 *
 * @throws AsyncWriteError `ERR_AW_UNSUPPORTED` if it is not a regular file
 */
export function openLog(path: string, mode: number, io: "async" | "sync"): LogFile {
  return logFileOf(path, openFile(path, APPEND, mode), io);
}

/**
 * Opens the file that follows `before`, as accessible as that one. There may be one already, that
 * another program has made.
 */
export function openNext(path: string, before: Stats, io: "async" | "sync"): LogFile {
  let fd;
  try {
    fd = openSync(path, APPEND | constants.O_EXCL, NARROWEST);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw openError(error);
    return logFileOf(path, openFile(path, APPEND, NARROWEST), io);
  }
  try {
    adoptAttributes(fd, before);
  } catch (error) {
    // The next attempt makes it anew: a file that is there already is taken for another program's.
    if (isSameFile(path, fstatSync(fd))) unlinkSync(path);
    closeSync(fd);
    throw error;
  }
  return logFileOf(path, fd, io);
}

function openFile(path: string, flags: number, mode: number): number {
  try {
    return openSync(path, flags, mode);
  } catch (error) {
    throw openError(error);
  }
}

function logFileOf(path: string, fd: number, io: "async" | "sync"): LogFile {
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw notRegular(path);
    const size = stats.size + endLine(fd, stats.size);
    const descriptor = new Descriptor(fd, { io, position: null, exclusive: true });
    return { descriptor, stats, size, born: birthOf(stats) };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Ends a line that was cut off. Returns how many bytes that took. */
function endLine(fd: number, size: number): number {
  if (size === 0) return 0;
  const last = Buffer.alloc(1);
  readSync(fd, last, 0, 1, size - 1);
  return last.toString() === "\n" ? 0 : writeSync(fd, "\n");
}

/**
 * When a file was begun. Some file systems don't know: then it is at least as old as its last change.
 * An empty one begins now, and so does one of the future, after the clock was set back.
 */
function birthOf({ size, birthtimeMs, mtimeMs }: Stats): number {
  const now = Date.now();
  const born = birthtimeMs > 0 ? birthtimeMs : mtimeMs;
  return size === 0 || born > now ? now : born;
}

function notRegular(path: string): AsyncWriteError {
  const message = `open log: ${path} is not a regular file, and can't be rotated; write to it with open() or stdout()`;
  return new AsyncWriteError("ERR_AW_UNSUPPORTED", message);
}
