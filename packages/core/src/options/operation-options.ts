import { describe } from "../trait/describe.ts";
import { checkOptions } from "./check-options.ts";
import { SIGNAL, type Schema } from "./rules.ts";

/** What every operation of a writer takes: a signal that stops it. */
export interface OperationOptions {
  /** Stops the operation, not the writer: what was accepted stays accepted. */
  signal?: AbortSignal | undefined;
}

const OPTIONS: Schema<OperationOptions> = { signal: SIGNAL };

/**
 * Why the options of one operation can't be meant; undefined if they can. Returned, because what an
 * operation refuses is what its promise rejects with.
 *
 * @param on what the operation is on; its name begins the message
 */
export function refusedOptions(on: object, options: OperationOptions | undefined): unknown {
  if (options === undefined || isSignalOnly(options)) return undefined;
  try {
    checkOptions(describe(on), options, OPTIONS);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Nearly all options there are: a loop that passes its signal with each write pays for no more. */
function isSignalOnly(options: OperationOptions): boolean {
  if (!((options as OperationOptions | null)?.signal instanceof AbortSignal)) return false;
  for (const name in options) if (name !== "signal") return false;
  return true;
}
