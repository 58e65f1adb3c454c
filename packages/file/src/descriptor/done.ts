import type { Done } from "@aw/core";

/** Whether an answer is a failure. Node's callbacks say null, others say undefined, for none. */
export function isFailure(answer: unknown): boolean {
  return answer !== undefined && answer !== null;
}

/** A step that answers by callback, as a promise. */
export function stepped(begin: (done: Done) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    begin((error) => (isFailure(error) ? reject(error) : resolve()));
  });
}
