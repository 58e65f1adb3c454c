import { AsyncWriteError, type AsyncWriteErrorCode } from "@aw/core";

/** What no later attempt makes good. */
const FINAL: ReadonlySet<AsyncWriteErrorCode> = new Set([
  "ERR_AW_BROKEN_PIPE",
  "ERR_AW_ABORTED",
  "ERR_AW_CLOSED",
  "ERR_AW_INVALID_ARGUMENT",
  "ERR_AW_UNSUPPORTED",
]);

/** Whether the same write may succeed later, as the disk has room again or a share is back. */
export function isPassing(error: unknown): boolean {
  const { code, cause } = AsyncWriteError.from(error);
  // A descriptor that was closed underneath may be another file's by now.
  return !FINAL.has(code) && (cause as NodeJS.ErrnoException | undefined)?.code !== "EBADF";
}
