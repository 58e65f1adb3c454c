import type { AsyncBufRead } from "../trait/async-buf-read.ts";
import { invalidArgument } from "../trait/invalid-argument.ts";
import { describeValue } from "./describe-value.ts";
import { hasMethods } from "./rules.ts";

/** Whether `value` is meant to be an {@link AsyncBufRead}: it has the method that nothing else has. */
export function isReader(value: unknown): value is AsyncBufRead {
  return hasMethods(value, ["pollFillBuf"]);
}

/**
 * For implementors: refuses what is not a reader, saying how to make one of it where that is known.
 *
 * @param what what the message begins with: the name of the factory
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT`
 */
export function checkReader(what: string, value: unknown): asserts value is AsyncBufRead {
  if (isReader(value)) return;
  const got = describeValue(value);
  throw invalidArgument(`${what}: expected a reader (an AsyncBufRead), got ${got}${remedy(value)}`);
}

function remedy(value: unknown): string {
  if (hasMethods(value, ["then"])) return "; await it first";
  if (typeof value !== "object" || value === null) return "";
  const isSource =
    "getReader" in value || Symbol.asyncIterator in value || Symbol.iterator in value;
  return isSource ? "; wrap it with toReader" : "";
}
