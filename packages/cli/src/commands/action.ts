import type { Arguments } from "../line/arguments.ts";

export interface Context {
  /** Fires when the process was told to end. */
  readonly signal: AbortSignal;
  /** Says something on standard error, in a line of its own. */
  readonly note: (line: string) => void;
}

/** Does what the command is for; rejects if it fails. */
export type Action = (args: Arguments, context: Context) => Promise<void>;
