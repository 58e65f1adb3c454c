import { describe } from "./describe.ts";
import { AsyncWriteError } from "./error.ts";

/**
 * Returns `n`, the answer of a `pollWrite`, if it can be true of a buffer of `length` bytes.
 * Throws `ERR_AW_PROTOCOL` otherwise: going on would lose or repeat bytes.
 */
export function checkAccepted(n: number, length: number, writer: object): number {
  // Written so that NaN fails too.
  if (n >= 0 && n <= length) return n;
  throw new AsyncWriteError(
    "ERR_AW_PROTOCOL",
    `${describe(writer)} reported ${String(n)} bytes accepted of ${length}: it breaks AW-WRITE-1`,
  );
}

/** The error for a writer that answered 0 to a non-empty buffer (AW-WRITE-4). */
export function writeZero(writer: object): AsyncWriteError {
  return new AsyncWriteError(
    "ERR_AW_WRITE_ZERO",
    `${describe(writer)} accepts no more bytes: it is full for good`,
  );
}
