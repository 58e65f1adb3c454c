import { AsyncWriteError } from "@aw/core";

export function invalidArgument(message: string, cause?: unknown): AsyncWriteError {
  return new AsyncWriteError("ERR_AW_INVALID_ARGUMENT", message, { cause });
}

/** The longest time that a timer of the platform can wait, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` unless undefined or a time that a timer can wait */
export function checkMilliseconds(name: string, value: number | undefined): void {
  if (value === undefined) return;
  if (typeof value === "number" && value > 0 && value <= LONGEST_TIMER) return;
  throw invalidArgument(`${name} must be a positive count of milliseconds, got ${String(value)}`);
}

/** @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` unless undefined or a positive integer */
export function checkCount(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isSafeInteger(value) && value > 0)) return;
  throw invalidArgument(`${name} must be a positive count, got ${String(value)}`);
}

/** @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` unless undefined or of this type */
export function checkType(
  name: string,
  value: unknown,
  type: "string" | "boolean" | "function",
): void {
  if (value === undefined || typeof value === type) return;
  throw invalidArgument(`${name} must be a ${type}, got a ${typeof value}`);
}

/** @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` unless undefined or an AbortSignal */
export function checkSignal(value: AbortSignal | undefined): void {
  if (value === undefined || (typeof value === "object" && value !== null && "aborted" in value)) {
    return;
  }
  throw invalidArgument(`signal must be an AbortSignal, got ${String(value)}`);
}

/** @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` unless undefined or a count, 0 included */
export function checkHighWaterMark(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return;
  throw invalidArgument(`${name} must be a count of bytes, got ${String(value)}`);
}
