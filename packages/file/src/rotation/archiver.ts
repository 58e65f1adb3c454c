import {
  constants,
  createReadStream,
  existsSync,
  fstatSync,
  openSync,
  renameSync,
  unlinkSync,
  type Stats,
} from "node:fs";
import { AsyncWriteError } from "@aw/core";
import { isSameFile } from "../descriptor/same-file.ts";
import { temporaryName } from "../replace/temporary-file.ts";
import type { MovedTo } from "./archive.ts";
import type { Compressor } from "./compression.ts";
import { hasSameContent } from "./same-content.ts";

/** An old file that is to be compressed. */
interface Job {
  /** Its path now; undefined if it was removed meanwhile. */
  base: string | undefined;
}

/** What is at the path of an old file is not followed if it is a link, nor waited for if a pipe. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Compresses old files in the background, one at a time, in the order in which they were added. */
export class Archiver {
  readonly #path: string;
  readonly #compressor: Compressor;
  readonly #onError: (error: unknown) => void;
  readonly #abort = new AbortController();
  #jobs: Job[] = [];
  #running: Promise<void> | undefined;
  #failure: { error: unknown } | undefined;

  constructor(path: string, compressor: Compressor, onError: (error: unknown) => void) {
    this.#path = path;
    this.#compressor = compressor;
    this.#onError = onError;
  }

  /** Sees to an old file. */
  add(base: string): void {
    this.#jobs.push({ base });
    this.#running ??= this.#run();
  }

  /** Files have been renamed. */
  renumber(movedTo: MovedTo): void {
    for (const job of this.#jobs) job.base = job.base === undefined ? undefined : movedTo(job.base);
  }

  /** Resolves when all is done; rejects with the first failure, whose file stays as it was. */
  async finished(): Promise<void> {
    await this.#running;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Stops at once. What is not compressed is seen to at the next start. */
  stop(): void {
    this.#jobs = [];
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    for (let job = this.#jobs[0]; job !== undefined; job = this.#jobs[0]) {
      try {
        if (job.base !== undefined) await this.#compress(job, job.base);
      } catch (error) {
        if (!this.#abort.signal.aborted) this.#report(error);
      }
      this.#jobs = this.#jobs.filter((each) => each !== job);
    }
    this.#running = undefined;
  }

  #report(error: unknown): void {
    // What others have put there is not for `close` to fail of: it is left alone, at every start.
    if (!(error instanceof Refusal)) this.#failure ??= { error };
    this.#onError(error instanceof Refusal ? error.reason : error);
  }

  async #compress(job: Job, base: string): Promise<void> {
    // Opened at once: later its name may be another file's.
    const fd = openPlain(base);
    const source = createReadStream("", { fd });
    const temporary = temporaryName(this.#path);
    let made: Stats | undefined;
    try {
      const stats = fstatSync(fd);
      if (!stats.isFile()) throw notRegular(base);
      made = await this.#compressor.compress(source, stats, temporary, this.#abort.signal);
      this.#abort.signal.throwIfAborted();
      if (job.base !== undefined) await this.#replace(job, stats, temporary, made);
    } finally {
      source.destroy();
      if (made === undefined || isSameFile(temporary, made)) unlinkIfThere(temporary);
    }
  }

  /** Puts the compressed file in the place of the plain one, unless there is another one already. */
  async #replace(job: Job, plain: Stats, temporary: string, made: Stats): Promise<void> {
    const { extension } = this.#compressor;
    const there = `${job.base}${extension}`;
    // The same one: an earlier process was stopped before it removed the plain file.
    const isDone = existsSync(there) && (await hasSameContent(there, temporary));
    // It may have been renamed meanwhile. From here on in one go: no rotation comes in between, and
    // a crash leaves either the file, or the compressed one too.
    const { base } = job;
    if (base === undefined) return;
    const target = base + extension;
    if (!isDone && existsSync(target)) throw foreign(target);
    if (!isSameFile(temporary, made) || !isSameFile(base, plain)) throw swapped(base);
    if (!isDone) renameSync(temporary, target);
    unlinkSync(base);
  }
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is in its place by now, or was never made; else the next start removes it.
  }
}

/** Something that others have put in the place of an old file, or of what becomes of it. */
class Refusal {
  readonly reason: AsyncWriteError;

  constructor(message: string) {
    this.reason = new AsyncWriteError("ERR_AW_IO", `compress log: ${message}`);
  }
}

function openPlain(path: string): number {
  try {
    return openSync(path, READ);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "ELOOP" ? notRegular(path) : error;
  }
}

function notRegular(path: string): Refusal {
  return new Refusal(`${path} is not a regular file; it stays as it is`);
}

function foreign(path: string): Refusal {
  return new Refusal(
    `${path} is there already, with other content; remove it, or the plain file beside it`,
  );
}

function swapped(path: string): Refusal {
  return new Refusal(`another program has replaced ${path} or its compressed file; both stay`);
}
