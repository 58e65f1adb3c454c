import { closeSync, fstatSync, readSync, type Stats } from "node:fs";
import { AsyncWriteError, Reader, SourceEngine } from "@aw/core";
import {
  checkOptions,
  COUNT,
  integer,
  invalidArgument,
  SIGNAL,
  throwIfAborted,
  type Schema,
} from "@aw/core/implementor";
import { publishError } from "./descriptor/diagnostics.ts";
import { openDescriptor } from "./descriptor/open-descriptor.ts";
import { pathOf } from "./descriptor/path-of.ts";
import { FileSource } from "./reader/file-source.ts";

/** What `openReader` can be given. */
export interface OpenReaderOptions {
  /** The position of the first byte to read. Default: 0. */
  start?: number | undefined;
  /**
   * The position behind the last byte to read, as of `slice`. A file that has less ends where it ends.
   * Default: no limit.
   */
  end?: number | undefined;
  /** The max count of bytes of one read, and so of one chunk. Default: 128 KiB. */
  chunkSize?: number | undefined;
  /** Ends the opening, and aborts the reader. */
  signal?: AbortSignal | undefined;
}

const OPTIONS: Schema<OpenReaderOptions> = {
  start: COUNT,
  end: COUNT,
  chunkSize: integer(1, 1 << 30),
  signal: SIGNAL,
};

const DEFAULT_CHUNK = 128 * 1024;

/**
 * Opens a file to read from. Resolves once it is open.
 *
 * ```ts
 * await using reader = await openReader("report.csv");
 * for await (const line of unframed(reader, lines())) console.log(line);
 * ```
 *
 * The thread pool reads, two chunks ahead at most. Chunks are passed on where they were read to, without a copy. The file is closed at its end, at a
 * failure, and by `abort`, which `await using` calls; if a read is in flight, as soon as that has returned.
 *
 * What has no positions (a FIFO, a terminal, a device) is read as it comes; while nothing comes, that
 * takes up a thread of the pool, of which there are four. Standard input is better read by
 * `toReader(process.stdin)`.
 *
 * Rejects with `ERR_AW_IO`, Node's error as the cause, if the file can't be opened or is a folder; with
 * `ERR_AW_INVALID_ARGUMENT`; with `ERR_AW_UNSUPPORTED` for a `start` in what has no positions; with
 * `ERR_AW_ABORTED` when the signal fires. Reading rejects with `ERR_AW_IO`, and with `ERR_AW_TRUNCATED` if the file was
 * cut while it was read; each after the bytes before it.
 *
 * @param path a string or a `file:` URL
 * @param options see {@link OpenReaderOptions}; each has a default
 */
export async function openReader(
  path: string | URL,
  options: OpenReaderOptions = {},
): Promise<Reader> {
  checkOptions("openReader", options, OPTIONS);
  const { start = 0, end = Number.MAX_SAFE_INTEGER, signal } = options;
  if (end < start) {
    throw invalidArgument(`openReader: end must be start (${start}) or more, got ${end}`);
  }
  const name = pathOf("openReader", path);
  throwIfAborted("openReader", signal);
  const label = `file ${name}`;
  try {
    return await readerOf(label, name, { ...options, start, end });
  } catch (error) {
    const failure = AsyncWriteError.from(error, `open ${label}`);
    publishError(label, failure);
    throw failure;
  }
}

async function readerOf(
  label: string,
  path: string,
  options: OpenReaderOptions & { start: number; end: number },
): Promise<Reader> {
  const { start, end, chunkSize = DEFAULT_CHUNK, signal } = options;
  const fd = await openDescriptor(path, "r", 0);
  try {
    throwIfAborted("openReader", signal);
    const stats = fstatSync(fd);
    const source = new FileSource(fd, stats.isFile() ? stats.size : 0, {
      label,
      position: hasPositions(label, fd, stats, start) ? start : null,
      max: end - start,
      chunkSize,
    });
    const engine = new SourceEngine(source, { capacity: chunkSize });
    if (signal !== undefined) {
      const onAbort = (): void => engine.abort(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      source.onOver = () => signal.removeEventListener("abort", onAbort);
    }
    return new Reader(engine);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Whether any place of it can be read; refuses what can't be read so. */
function hasPositions(label: string, fd: number, stats: Stats, start: number): boolean {
  // It can be opened, but the system refuses to read it: what it says then is said at once.
  if (stats.isDirectory()) readSync(fd, new Uint8Array(1));
  if (stats.isFile() || stats.isBlockDevice()) return true;
  if (start === 0) return false;
  const message = `openReader: ${label} has no positions, it can only be read from its start`;
  throw new AsyncWriteError("ERR_AW_UNSUPPORTED", message);
}
