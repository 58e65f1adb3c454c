import { AsyncWriteError } from "@aw/core";

/** Throws `ERR_AW_INVALID_ARGUMENT` unless `value` is an integer from `least` to `most`. */
export function checkInteger(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const message = `${name} must be an integer from ${least} to ${most}, got ${value}`;
  throw new AsyncWriteError("ERR_AW_INVALID_ARGUMENT", message);
}
