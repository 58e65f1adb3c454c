import { AsyncWriteError } from "@aw/core";

/** What every WebSocket connection takes, however it came about. */
export interface ConnectionOptions {
  /** The largest message that is sent, in bytes. Default: 64 KiB. */
  maxMessageBytes?: number | undefined;
  /** How long the peer may take to answer a close, in milliseconds. Default: 10,000. */
  closeTimeout?: number | undefined;
}

export function invalid(message: string, cause?: unknown): AsyncWriteError {
  return new AsyncWriteError("ERR_AW_INVALID_ARGUMENT", message, { cause });
}

/** Checks an option that is a positive whole number, and returns it or its default. */
export function positive(name: string, value: number | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw invalid(`${name} must be a positive whole number, got ${value}`);
}

/** The longest time that a timer of the platform can wait, in milliseconds. */
const LONGEST_TIMER: number = 2 ** 31 - 1;

/** Checks an option that is a time in milliseconds, and returns it or its default. */
export function milliseconds(name: string, value: number | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (value > 0 && value <= LONGEST_TIMER) return value;
  throw invalid(`${name} must be a positive count of milliseconds, got ${value}`);
}

export function checkOptions({ maxMessageBytes, closeTimeout }: ConnectionOptions): void {
  positive("maxMessageBytes", maxMessageBytes, 1);
  milliseconds("closeTimeout", closeTimeout, 1);
}
