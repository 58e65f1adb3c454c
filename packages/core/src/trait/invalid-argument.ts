import { AsyncWriteError } from "./error.ts";

/** The error for an argument that can't be meant. Its message says what was given and what is allowed. */
export function invalidArgument(message: string, cause?: unknown): AsyncWriteError {
  const options = cause === undefined ? {} : { cause };
  return new AsyncWriteError("ERR_AW_INVALID_ARGUMENT", message, options);
}
