import { fstatSync } from "node:fs";
import { dirname } from "node:path";
import { channels, type FileRotateEvent } from "../descriptor/diagnostics.ts";
import type { Durability } from "../descriptor/io.ts";
import { syncFolderNow } from "../descriptor/folder.ts";
import { isSameFile } from "../descriptor/same-file.ts";
import type { Archive } from "./archive.ts";
import type { Archiver } from "./archiver.ts";
import { openNext, type LogFile } from "./log-file.ts";

/** A log file that has become an old one. */
export interface RotatedFile {
  /** Its path now. Numbered files move on with later rotations; compression adds to the name. */
  readonly path: string;
  /** Its size, in bytes. */
  readonly bytes: number;
  /** When it was begun. */
  readonly begun: Date;
}

export interface RotationOptions {
  /** What the log is called in messages. */
  name: string;
  path: string;
  archive: Archive;
  archiver: Archiver | undefined;
  durability: Durability;
  io: "async" | "sync";
  onRotate: (file: RotatedFile) => void;
}

/** Makes the file of a log an old one, and opens the next one; synchronously. */
export class Rotation {
  readonly #options: RotationOptions;
  /** The old file of an attempt that failed after renaming it: it is written to still. */
  #renamed: string | undefined;

  constructor(options: RotationOptions) {
    this.#options = options;
  }

  /** Whether the open file still has the name of the log: others may have removed or renamed it. */
  isInPlace(file: LogFile): boolean {
    return isSameFile(this.#options.path, file.stats);
  }

  /** Whether the open file has no name any more: what is written to it is lost. */
  isDeleted(file: LogFile): boolean {
    return fstatSync(file.descriptor.fd).nlink === 0;
  }

  /**
   * Returns the next file. What has another name than the log's by now is left where it is.
   *
   * @throws what keeps the next file from being opened; then `file` stays in use, and the next call
   * goes on from there
   */
  next(file: LogFile): LogFile {
    const { path, durability, io } = this.#options;
    const started = performance.now();
    if (this.isInPlace(file)) this.#renamed = this.#rename(file);
    const next = openNext(path, file.stats, io);
    if (durability !== "none") this.#syncFolder(next);
    // Nothing is written to it from now on: only now may it be compressed, and then removed.
    if (this.#renamed !== undefined) this.#finish(this.#renamed, file, started);
    this.#renamed = undefined;
    return next;
  }

  #rename({ born }: LogFile): string {
    const { archive, archiver } = this.#options;
    const { base, movedTo } = archive.admit(born);
    archiver?.renumber(movedTo);
    return base;
  }

  #finish(base: string, { size, born }: LogFile, started: number): void {
    const { name, archiver, onRotate } = this.#options;
    archiver?.add(base);
    const rotated: RotatedFile = { path: base, bytes: size, begun: new Date(born) };
    onRotate(rotated);
    if (!channels.rotate.hasSubscribers) return;
    const duration = performance.now() - started;
    channels.rotate.publish({ name, ...rotated, duration } satisfies FileRotateEvent);
  }

  /** The names of both files. */
  #syncFolder(next: LogFile): void {
    try {
      syncFolderNow(dirname(this.#options.path));
    } catch (error) {
      next.descriptor.drop(() => {});
      throw error;
    }
  }
}
