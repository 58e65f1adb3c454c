import { fstatSync, openSync, readSync } from "node:fs";
import { AsyncWriteError } from "@aw/core";
import { Archive } from "./archive.ts";
import { Archiver } from "./archiver.ts";
import { check, checkChoice, checkCount } from "../descriptor/check.ts";
import { compressorFor, type Compression } from "./compression.ts";
import { Descriptor } from "../descriptor/descriptor.ts";
import { FileWriter } from "../writer/file-writer.ts";
import type { Durability } from "../descriptor/io.ts";
import { lock } from "../replace/lock.ts";
import { openDescriptor } from "../descriptor/open-descriptor.ts";
import { paceOf } from "../writer/pace.ts";
import { pathOf } from "../descriptor/path-of.ts";
import { RotatingOutput, type LogFile } from "./rotating-output.ts";
import { removeLeftovers } from "../replace/temporary-file.ts";

export interface RotatingOptions {
  /** Begins a new file before one is larger than this, in bytes. A longer line has one alone. */
  maxBytes?: number | undefined;
  /** Begins a new file before the first write to one that is so old, in milliseconds. */
  maxAgeMs?: number | undefined;
  /** How many old files there are at most: `<path>.1` is the latest one. Default: 5. */
  keep?: number | undefined;
  /** Compresses old files in the background. Default: no. */
  compress?: "gzip" | Compression | undefined;
  /** The permissions of new files. Default: 0o666 less the umask. */
  mode?: number | undefined;
  /** As of `open`. Default: "async". */
  io?: "async" | "sync" | undefined;
  /** As of `open`. Default: "none". */
  durability?: Durability | undefined;
  /** Takes the lock file `<path>.lock`: two who rotate one log would lose lines. Default: true. */
  lock?: boolean | undefined;
}

/**
 * Opens a log that begins a new file when one is full or old. Resolves once it is open. What is in
 * the file already is appended to; a line that a crash cut off there is ended first.
 *
 * ```ts
 * const log = await rotating("app.log", { maxBytes: 10_000_000, keep: 5, compress: "gzip" });
 * await log.writeAll("started\n");
 * ```
 *
 * Rejects as `open` does.
 */
export async function rotating(path: string | URL, options: RotatingOptions): Promise<FileWriter> {
  checkOptions(options);
  const name = pathOf(path);
  const release = options.lock === false ? undefined : await lock(name);
  try {
    return await openLocked(name, options, release);
  } catch (error) {
    release?.();
    throw AsyncWriteError.from(error, "open log");
  }
}

async function openLocked(
  path: string,
  options: RotatingOptions,
  release: (() => void) | undefined,
): Promise<FileWriter> {
  const { keep = 5, mode = 0o666, io = "async", durability = "none", compress } = options;
  const compressor = compress === undefined ? undefined : compressorFor(compress);
  const archive = new Archive(path, keep, compressor?.extension);
  const archiver = compressor && new Archiver(path, archive, compressor);
  await removeLeftovers(path);
  if (compressor !== undefined) archive.removeDoubled(compressor.extension);
  const descriptorOf = (fd: number): Descriptor =>
    new Descriptor(fd, { io, position: null, exclusive: true });
  const file = describe(descriptorOf(await openDescriptor(path, "a+", mode)));
  const toCompress = [...archive.taken()].filter(([, extensions]) => extensions.includes(""));
  for (const [number] of toCompress.toSorted(([a], [b]) => b - a)) archiver?.add(number);
  const output = new RotatingOutput({
    file,
    maxBytes: options.maxBytes ?? Infinity,
    maxAgeMs: options.maxAgeMs ?? Infinity,
    durability,
    rotate() {
      const movedTo = archive.shift();
      archiver?.renumber(movedTo);
      archiver?.add(1);
      return descriptorOf(openSync(path, "a+", mode));
    },
    async finish() {
      try {
        await archiver?.finished();
      } finally {
        release?.();
      }
    },
    stop() {
      archiver?.stop();
      release?.();
    },
  });
  const { descriptor } = file;
  return new FileWriter({
    label: `rotating ${path}`,
    output,
    durability,
    ...paceOf(io, descriptor),
    wholeLines: true,
  });
}

/** What is known of an open file. A line that was cut off is ended: the next one begins a new line. */
function describe(descriptor: Descriptor): LogFile {
  const { fd } = descriptor;
  const { size, birthtimeMs } = fstatSync(fd);
  if (size === 0) return { descriptor, size, born: Date.now() };
  const last = Buffer.alloc(1);
  readSync(fd, last, 0, 1, size - 1);
  if (last.toString() === "\n") return { descriptor, size, born: birthtimeMs };
  descriptor.writeAllNow([Buffer.from("\n")]);
  return { descriptor, size: size + 1, born: birthtimeMs };
}

function checkOptions(options: RotatingOptions): void {
  const { maxBytes, maxAgeMs, keep, io = "async", durability = "none", compress } = options;
  checkCount("maxBytes", maxBytes, 1);
  checkCount("maxAgeMs", maxAgeMs, 1);
  checkCount("keep", keep, 1);
  checkChoice("io", io, ["async", "sync"]);
  checkChoice("durability", durability, ["none", "data", "full"]);
  check(
    maxBytes !== undefined || maxAgeMs !== undefined,
    'rotating needs maxBytes, maxAgeMs, or both: else open the file with flags "a"',
  );
  check(
    compress === undefined || compress === "gzip" || typeof compress === "object",
    `compress must be "gzip" or { extension, layer }, got ${typeof compress}`,
  );
}
