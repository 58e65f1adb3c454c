import { constants, existsSync, rmSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { AsyncWriteError } from "@aw/core";
import type { Arguments } from "../line/arguments.ts";
import type { Target } from "../line/target.ts";
import { openTarget, type Destination } from "./open-target.ts";

/** An output that was found to be writable before anybody connects. */
export interface PreparedOutput {
  /** Opens it for what comes; a file that is there is emptied only now. To be called once. */
  open(): Promise<Destination>;
  /** Nothing came: leaves everything as it was before. Has no effect after `open`. */
  discard(): Promise<void>;
}

/** Opens an output, and changes nothing that is there. */
export async function prepareOutput(
  target: Target,
  args: Arguments,
  signal: AbortSignal,
): Promise<PreparedOutput> {
  const probe =
    target.kind === "file" && !args.has("atomic") ? await Probe.of(target.path) : undefined;
  // Opening anything else changes nothing yet.
  if (probe === undefined) return opened(await openTarget(target, args, signal));
  return {
    open: async () => {
      const destination = await openTarget(target, args, signal);
      await probe.close();
      return destination;
    },
    discard: () => probe.remove(),
  };
}

function opened(destination: Destination): PreparedOutput {
  return {
    open: async () => destination,
    // One that something came for is closed or has failed by now, and stays so.
    discard: async () => destination.abort(new Error("nothing came")),
  };
}

/** A regular file, open for writing and not truncated. */
class Probe {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #created: boolean;
  #closed = false;

  private constructor(path: string, handle: FileHandle, created: boolean) {
    this.#path = path;
    this.#handle = handle;
    this.#created = created;
  }

  /** `undefined` for a device or a pipe, where truncating has no meaning. */
  static async of(path: string): Promise<Probe | undefined> {
    const created = !existsSync(path);
    try {
      // Without blocking: a pipe that nobody reads fails here, and is waited for where it is opened.
      const { O_WRONLY, O_CREAT, O_NONBLOCK } = constants;
      const handle = await open(path, O_WRONLY | O_CREAT | O_NONBLOCK);
      const probe = new Probe(path, handle, created);
      if ((await handle.stat()).isFile()) return probe;
      await probe.close();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENXIO") return undefined;
      throw AsyncWriteError.from(error, "open file");
    }
    return undefined;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#handle.close();
  }

  async remove(): Promise<void> {
    if (this.#closed) return;
    const { size } = await this.#handle.stat();
    await this.close();
    if (this.#created && size === 0) rmSync(this.#path, { force: true });
  }
}
