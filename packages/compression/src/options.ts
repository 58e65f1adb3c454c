import { AsyncWriteError } from "@aw/core";

/** Throws `ERR_AW_INVALID_ARGUMENT` unless `value` is an integer from `least` to `most`. */
export function checkInteger(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw invalid(`${name} must be an integer from ${least} to ${most}, got ${String(value)}`);
}

/** As `checkInteger`, for an option that may be left out. */
export function checkOptional(
  name: string,
  value: number | undefined,
  least: number,
  most: number,
): void {
  if (value !== undefined) checkInteger(name, value, least, most);
}

/** Throws `ERR_AW_INVALID_ARGUMENT` unless `value` is one of `choices`. */
export function checkChoice(name: string, value: unknown, choices: readonly unknown[]): void {
  if (choices.includes(value)) return;
  throw invalid(`${name} must be one of ${choices.join(", ")}, got ${String(value)}`);
}

/** Throws `ERR_AW_INVALID_ARGUMENT` unless `value` is a Uint8Array with bytes, or undefined. */
export function checkDictionary(name: string, value: unknown): void {
  if (value === undefined || (value instanceof Uint8Array && value.length > 0)) return;
  throw invalid(`${name} dictionary must be a Uint8Array that is not empty`);
}

/** An option that is not known would be ignored, which nobody means. */
export function checkKeys(name: string, options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw invalid(`${name} has no option ${unknown}; it has ${known.join(", ")}`);
}

export function invalid(message: string): AsyncWriteError {
  return new AsyncWriteError("ERR_AW_INVALID_ARGUMENT", message);
}

/** The largest block, in bytes. */
export const MOST_BLOCK: number = 1 << 30;
