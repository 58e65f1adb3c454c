import { AsyncWriteError } from "@aw/core";

/** The transfer failed. */
const FAILED = 1;
/** The command line makes no sense. */
export const USAGE = 2;
/** What shells report of a program that SIGPIPE has ended. */
export const SIGPIPE_STATUS = 141;

/** Ends the process with a status, and says nothing. */
export class Silent extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`ended with status ${status}`);
    this.status = status;
  }
}

/** What a failure comes to: the status of the process, and the line that says why. */
export function outcomeOf(failure: unknown): { status: number; line?: string } {
  const error = rootOf(failure);
  if (error instanceof Silent) return { status: error.status };
  if (!AsyncWriteError.is(error)) throw error;
  const status = error.code === "ERR_AW_INVALID_ARGUMENT" ? USAGE : FAILED;
  return { status, line: `${error.code}: ${error.message}` };
}

/** What was aborted for a reason of ours says less than the reason. */
function rootOf(error: unknown): unknown {
  const aborted = AsyncWriteError.is(error) && error.code === "ERR_AW_ABORTED";
  const { cause } = error as Error;
  return aborted && (cause instanceof Silent || AsyncWriteError.is(cause)) ? rootOf(cause) : error;
}
