import { Deadline, throwIfAborted, Timer } from "@aw/core/implementor";

/** How long an attempt is repeated, and after which failures. */
export interface RetryOptions {
  /** What is attempted: the message of an abort begins with it. */
  attempt: string;
  /** Milliseconds from the first attempt on; none begins after that. */
  withinMs: number;
  signal?: AbortSignal | undefined;
  isTemporary: (error: unknown) => boolean;
  /** Before each repetition. */
  onRetry: () => void;
}

/** The longest pause between two attempts, in milliseconds. */
const MAX_PAUSE = 1000;

/**
 * Repeats an attempt that fails for the moment, with growing pauses. Rejects with the last failure.
 *
 * @param attempt is given the milliseconds that are left. It is not awaited any more once the signal fires
 */
export async function retry<T>(
  attempt: (leftMs: number) => Promise<T>,
  { attempt: what, withinMs, signal, isTemporary, onRetry }: RetryOptions,
): Promise<T> {
  const until = performance.now() + withinMs;
  for (let pause = 100; ; pause = Math.min(MAX_PAUSE, pause * 2)) {
    throwIfAborted(what, signal);
    try {
      return await abortable(attempt(until - performance.now()), what, signal);
    } catch (error) {
      throwIfAborted(what, signal);
      if (!isTemporary(error) || performance.now() + pause > until) throw error;
      onRetry();
      const timer = new Timer();
      const over = new Promise<void>((resolve) => timer.start(pause, resolve));
      await abortable(over, what, signal).finally(() => timer.clear());
    }
  }
}

/** Rejects when the signal fires; `work` goes on unobserved. */
async function abortable<T>(work: Promise<T>, attempt: string, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return await work;
  const aborted = Promise.withResolvers<never>();
  const deadline = new Deadline({ attempt, signal }, aborted.reject);
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    deadline.clear();
  }
}
