import { createReadStream, openSync, renameSync, rmSync } from "node:fs";
import type { Archive } from "./archive.ts";
import type { Compressor } from "./compression.ts";
import { temporaryName } from "../replace/temporary-file.ts";

/** An old file that is to be compressed. */
interface Job {
  /** Its number now; undefined if it was removed meanwhile. */
  number: number | undefined;
}

/** Compresses old files in the background, one at a time, the oldest first. */
export class Archiver {
  readonly #path: string;
  readonly #archive: Archive;
  readonly #compressor: Compressor;
  readonly #abort = new AbortController();
  #jobs: Job[] = [];
  #running: Promise<void> | undefined;
  #failure: { error: unknown } | undefined;

  constructor(path: string, archive: Archive, compressor: Compressor) {
    this.#path = path;
    this.#archive = archive;
    this.#compressor = compressor;
  }

  /** Sees to the file with that number. */
  add(number: number): void {
    this.#jobs.push({ number });
    this.#running ??= this.#run();
  }

  /** Files have been renamed. */
  renumber(movedTo: (number: number) => number | undefined): void {
    for (const job of this.#jobs) {
      job.number = job.number === undefined ? undefined : movedTo(job.number);
    }
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
        if (job.number !== undefined) await this.#compress(job, job.number);
      } catch (error) {
        if (!this.#abort.signal.aborted) this.#failure ??= { error };
      }
      this.#jobs = this.#jobs.filter((each) => each !== job);
    }
    this.#running = undefined;
  }

  async #compress(job: Job, number: number): Promise<void> {
    const { extension } = this.#compressor;
    const temporary = temporaryName(this.#path);
    // Opened at once: later its number may be another file's.
    const fd = openSync(this.#archive.nameOf(number), "r");
    const source = createReadStream("", { fd });
    try {
      await this.#compressor.compress(source, temporary, this.#abort.signal);
      this.#abort.signal.throwIfAborted();
      // It may have been renamed meanwhile. In one go: no rotation comes in between, and a crash
      // leaves either the file, or the compressed one too, which then counts.
      if (job.number === undefined) return;
      renameSync(temporary, this.#archive.nameOf(job.number, extension));
      rmSync(this.#archive.nameOf(job.number));
    } finally {
      source.destroy();
      rmSync(temporary, { force: true });
    }
  }
}
