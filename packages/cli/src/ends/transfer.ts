import { copy, type AsyncBufRead, type ByteSource, type Writer } from "@aw/core";
import { Silent, SIGPIPE_STATUS } from "../line/exit.ts";
import type { IdleTimer } from "./idle.ts";
import { readerHasGone } from "./standard-output.ts";

/**
 * Writes a source into a writer and closes it; resolves once it is closed. If anything fails, or the
 * signal fires, the writer is aborted: nothing at the destination looks finished then.
 */
export async function transfer(
  source: AsyncBufRead | ByteSource,
  out: Writer,
  signal: AbortSignal,
  idle?: IdleTimer,
): Promise<void> {
  // Aborting the writer ends the copy; so no write needs the signal, and large ones go uncopied.
  const onAbort = (): void => out.abort(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort);
  try {
    await copy(source, out, { onProgress: idle?.moved });
    // A disk may take its time for what is already here.
    idle?.stop();
    await out.close();
  } catch (error) {
    const failure = readerHasGone(error) ? new Silent(SIGPIPE_STATUS) : error;
    out.abort(failure);
    throw failure;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
