/** Answers a step: without an argument when it is done, with the error when it failed. */
export type Done = (error?: unknown) => void;

/** Whether an answer is a failure. Node's callbacks say null, others say undefined, for none. */
export function isFailure(answer: unknown): boolean {
  return answer !== undefined && answer !== null;
}
