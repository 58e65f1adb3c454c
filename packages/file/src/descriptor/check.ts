import { AsyncWriteError } from "@aw/core";

/** Refuses an option that can't be meant. */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AsyncWriteError("ERR_AW_INVALID_ARGUMENT", message);
}

/** Refuses what is not one of `choices`. */
export function checkChoice(name: string, value: unknown, choices: readonly unknown[]): void {
  const list = choices.map((choice) => JSON.stringify(choice)).join(", ");
  check(choices.includes(value), `${name} must be one of ${list}, got ${String(value)}`);
}

/** Refuses what is not a whole number of bytes or the like; undefined passes. */
export function checkCount(name: string, value: number | undefined, least: number): void {
  const holds = value === undefined || (Number.isSafeInteger(value) && value >= least);
  check(holds, `${name} must be a whole number from ${least} on, got ${String(value)}`);
}
