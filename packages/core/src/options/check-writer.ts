import type { AsyncWrite } from "../trait/async-write.ts";
import { invalidArgument } from "../trait/invalid-argument.ts";
import { describeValue } from "./describe-value.ts";
import { hasMethods } from "./rules.ts";

/**
 * Whether `value` is meant to be an {@link AsyncWrite}: it has the method that nothing else has. The
 * compiler asks for the others too; plain JavaScript may leave out those that are never called.
 */
export function isWriter(value: unknown): value is AsyncWrite {
  return hasMethods(value, ["pollWrite"]);
}

/**
 * For implementors: refuses what is not a writer, saying how to make one of it where that is known.
 *
 * @param what what the message begins with: the name of the factory
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT`
 */
export function checkWriter(what: string, value: unknown): asserts value is AsyncWrite {
  if (isWriter(value)) return;
  const got = describeValue(value);
  throw invalidArgument(`${what}: expected a writer (an AsyncWrite), got ${got}${remedy(value)}`);
}

function remedy(value: unknown): string {
  if (hasMethods(value, ["then"])) return "; await it first";
  if (hasMethods(value, ["getWriter"])) return "; wrap it with fromWritableStream";
  if (hasMethods(value, ["write", "on"])) return "; wrap it with fromNodeWritable of @aw/node";
  return "";
}
