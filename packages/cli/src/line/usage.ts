import { AsyncWriteError } from "@aw/core";

/** A command line that makes no sense: the process ends with status 2. */
export function usage(message: string): AsyncWriteError {
  return new AsyncWriteError("ERR_AW_INVALID_ARGUMENT", message);
}
