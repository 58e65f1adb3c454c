import { AsyncWriteError } from "../trait/error.ts";

export function checkLength(length: number, maxLength: number): void {
  if (length <= maxLength) return;
  throw new AsyncWriteError(
    "ERR_AW_LIMIT",
    `the message takes ${length} bytes, more than ${maxLength}`,
  );
}

/** What a peer sent is no message of the codec. */
export function violation(message: string, cause: unknown): AsyncWriteError {
  return new AsyncWriteError("ERR_AW_PROTOCOL", message, { cause });
}
