import {
  close,
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsync,
  fsyncSync,
  write,
  writeSync,
} from "node:fs";
import type { Done } from "@aw/core";

/** What flush promises beyond "the kernel has it". */
export type Durability = "none" | "data" | "full";

/** A descriptor and one way to work with it: by callbacks, or at once. */
export interface FileHandle {
  /** Writes all of `bytes`, however many calls that takes. */
  write(bytes: Uint8Array, done: Done): void;
  /** Waits for the disk: the data, or all metadata too. */
  sync(durability: "data" | "full", done: Done): void;
  close(done: Done): void;
  /** Closes at once, whatever becomes of it. */
  drop(): void;
}

/** At `position`, which then advances; or wherever the descriptor stands if undefined. */
export function asyncHandle(fd: number, position?: number): FileHandle {
  return {
    write(bytes, done) {
      let offset = 0;
      const next = (): void => {
        write(fd, bytes, offset, bytes.length - offset, position ?? null, (error, written) => {
          if (error !== null) {
            done(error);
            return;
          }
          offset += written;
          if (position !== undefined) position += written;
          if (offset < bytes.length) next();
          else done();
        });
      };
      next();
    },
    sync(durability, done) {
      if (durability === "data") fdatasync(fd, done);
      else fsync(fd, done);
    },
    close(done) {
      close(fd, done);
    },
    drop: () => drop(fd),
  };
}

/** Like {@link asyncHandle}, but answers before it returns. */
export function syncHandle(fd: number, position?: number): FileHandle {
  const attempt = (work: () => void, done: Done): void => {
    let failure: unknown;
    try {
      work();
    } catch (error) {
      failure = error;
    }
    done(failure);
  };
  return {
    write(bytes, done) {
      attempt(() => {
        for (let offset = 0; offset < bytes.length;) {
          const written = writeSync(fd, bytes, offset, bytes.length - offset, position ?? null);
          offset += written;
          if (position !== undefined) position += written;
        }
      }, done);
    },
    sync(durability, done) {
      attempt(() => (durability === "data" ? fdatasyncSync(fd) : fsyncSync(fd)), done);
    },
    close(done) {
      attempt(() => closeSync(fd), done);
    },
    drop: () => drop(fd),
  };
}

function drop(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // The writer has failed already, with an earlier error than that of this close.
  }
}
