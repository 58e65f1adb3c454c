import { AsyncWriteError } from "./error.ts";

/** Answers a step: without an argument when it is done, with the error when it failed. */
export type Done = (error?: unknown) => void;

/** Whether an answer is a failure. Node's callbacks say null, others say undefined, for none. */
export function isFailure(answer: unknown): boolean {
  return answer !== undefined && answer !== null;
}

/**
 * Answers with a rejection, for `promise.then(() => done(), rejectInto(done))`. A promise can reject
 * with undefined, which to `done` would mean success.
 */
export function rejectInto(done: Done): (reason: unknown) => void {
  return (reason) =>
    done(
      reason ?? new AsyncWriteError("ERR_AW_IO", `the destination failed with ${String(reason)}`),
    );
}
