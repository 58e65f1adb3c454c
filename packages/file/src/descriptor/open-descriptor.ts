import { open } from "node:fs";
import { promisify } from "node:util";
import { AsyncWriteError } from "@aw/core";

/** Opens `path`. Rejects with `ERR_AW_INVALID_ARGUMENT` for what Node refuses, or as the system says. */
export async function openDescriptor(
  path: string,
  flags: string | number,
  mode: number,
): Promise<number> {
  try {
    return await promisify(open)(path, flags, mode);
  } catch (error) {
    throw openError(error);
  }
}

/** Why a file can't be opened. */
export function openError(error: unknown): AsyncWriteError {
  const { code } = error as NodeJS.ErrnoException;
  // What the permission model of Node forbids is not wrong in the arguments.
  if (code?.startsWith("ERR_") !== true || code === "ERR_ACCESS_DENIED") {
    return AsyncWriteError.from(error, "open file");
  }
  const message = `open file: ${(error as Error).message}`;
  return new AsyncWriteError("ERR_AW_INVALID_ARGUMENT", message, { cause: error });
}
