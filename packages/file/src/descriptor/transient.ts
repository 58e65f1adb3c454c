/** How long to wait for room in a pipe, in milliseconds: the first time, and at most. */
const SHORTEST_WAIT = 1;
const LONGEST_WAIT = 20;

/** Whether the same call may succeed later: it was interrupted, or a pipe is full (AW-FAIL-3). */
export function isTransient(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EAGAIN" || code === "EWOULDBLOCK" || code === "EINTR";
}

/** How long to wait before the next attempt, in milliseconds. */
export function waitFor(error: unknown, waits: number): number {
  if ((error as NodeJS.ErrnoException).code === "EINTR") return 0;
  return Math.min(SHORTEST_WAIT * 2 ** Math.min(waits, 5), LONGEST_WAIT);
}
