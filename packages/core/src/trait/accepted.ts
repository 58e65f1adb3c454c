import { describe } from "./describe.ts";
import { AsyncWriteError } from "./error.ts";

/**
 * Returns `n`, the answer of a `pollWrite`, if it can be true of a buffer of `length` bytes.
 * Throws `ERR_AW_PROTOCOL` otherwise: going on would lose or repeat bytes.
 */
export function checkAccepted(n: number, length: number, writer: object): number {
  if (Number.isSafeInteger(n) && n >= 0 && n <= length) return n;
  throw new AsyncWriteError(
    "ERR_AW_PROTOCOL",
    `${describe(writer)} reported ${String(n)} bytes accepted of ${length}: it breaks AW-WRITE-1`,
  );
}

/**
 * Refuses what plain JavaScript can answer to `pollFlush` and `pollClose`: a promise, as an `async`
 * method does. Taking it for ready would say that bytes are where they are not.
 */
export function checkReady(answer: unknown, writer: object): void {
  if (typeof answer !== "object" || answer === null || !("then" in answer)) return;
  // Refused here; what becomes of it is nobody's any more.
  Promise.resolve(answer).catch(() => {});
  throw new AsyncWriteError(
    "ERR_AW_PROTOCOL",
    `${describe(writer)} answered a poll with a promise: answer PENDING, and wake the waker later`,
  );
}

/** The error for a writer that answered 0 to a non-empty buffer (AW-WRITE-4). */
export function writeZero(writer: object): AsyncWriteError {
  return new AsyncWriteError(
    "ERR_AW_WRITE_ZERO",
    `${describe(writer)} accepts no more bytes: it is full for good`,
  );
}
