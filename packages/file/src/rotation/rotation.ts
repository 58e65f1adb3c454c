import { fstatSync } from "node:fs";
import { dirname } from "node:path";
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

  /** Returns the next file. What has another name than the log's by now is left where it is. */
  next(file: LogFile): LogFile {
    const { path, archive, archiver, durability, io, onRotate } = this.#options;
    const rotated = this.isInPlace(file) ? archive.admit(file.born) : undefined;
    if (rotated !== undefined) {
      archiver?.renumber(rotated.movedTo);
      archiver?.add(rotated.base);
      onRotate({ path: rotated.base, bytes: file.size, begun: new Date(file.born) });
    }
    const next = openNext(path, file.stats, io);
    if (durability !== "none") this.#syncFolder(next);
    return next;
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
