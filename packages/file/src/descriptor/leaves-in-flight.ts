import { AsyncWriteError } from "@aw/core";

/** Whether what `settle` threw says that the write is in flight still, and everything as it was. */
export function leavesInFlight(error: unknown): boolean {
  if (!AsyncWriteError.is(error) || error.cause !== undefined) return false;
  return error.code === "ERR_AW_TIMEOUT" || error.code === "ERR_AW_UNSUPPORTED";
}
