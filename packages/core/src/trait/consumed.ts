import { describe } from "./describe.ts";
import { AsyncWriteError } from "./error.ts";
import { invalidArgument } from "./invalid-argument.ts";
import type { Poll } from "./poll.ts";
import { PENDING } from "./poll.ts";

/** For implementors: refuses to `consume` more than is there (AW-READ-2). */
export function checkConsumed(amount: number, available: number, reader: object): void {
  if (Number.isSafeInteger(amount) && amount >= 0 && amount <= available) return;
  throw invalidArgument(
    `${describe(reader)}: consume(${String(amount)}) of ${available} bytes; consume what a poll returned`,
  );
}

/**
 * Returns the answer of a `pollFillBuf` or a `pollTake`, if it can be one. Throws `ERR_AW_PROTOCOL`
 * for what plain JavaScript can answer: a promise, undefined, text.
 */
export function checkFilled(answer: Poll<Uint8Array>, reader: object): Poll<Uint8Array> {
  if (answer === PENDING || ArrayBuffer.isView(answer)) return answer;
  const got = typeof answer === "object" && answer !== null ? "an object" : typeof answer;
  throw new AsyncWriteError(
    "ERR_AW_PROTOCOL",
    `${describe(reader)} answered a poll with ${got}: answer bytes, or PENDING and wake the waker later`,
  );
}
