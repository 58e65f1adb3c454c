/**
 * Tells a task that polling again may make progress.
 *
 * For implementors of tasks: `wake()` is cheap, idempotent, never throws, and never polls before
 * it returns (AW-WAKE-3): it schedules. Waking for nothing is legal (AW-WAKE-2).
 */
export interface Waker {
  /** Schedules the task. */
  wake(): void;
}

/** For a poll whose answer nobody waits for. */
export const NOOP_WAKER: Waker = { wake() {} };
