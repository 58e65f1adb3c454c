import { AsyncWriteError } from "@aw/core";

export function invalidArgument(message: string, cause?: unknown): AsyncWriteError {
  return new AsyncWriteError("ERR_AW_INVALID_ARGUMENT", message, { cause });
}

/** The longest time that a timer of the platform can wait, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` unless undefined or a time that a timer can wait */
export function checkMilliseconds(name: string, value: number | undefined): void {
  if (value === undefined || (value > 0 && value <= LONGEST_TIMER)) return;
  throw invalidArgument(`${name} must be a positive count of milliseconds, got ${value}`);
}

/** @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` unless undefined or a positive integer */
export function checkCount(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isSafeInteger(value) && value > 0)) return;
  throw invalidArgument(`${name} must be a positive count, got ${value}`);
}
