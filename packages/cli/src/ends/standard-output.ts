import { AsyncWriteError, type Writer } from "@aw/core";

let output: Writer | undefined;

/** Standard output. That its reader has gone is an error, so that all else can be released first. */
export async function standardOutput(): Promise<Writer> {
  const { stdout } = await import("@aw/file");
  return (output ??= stdout({ onBrokenPipe: "error", wholeLines: false }));
}

/**
 * Whether an operation failed because nobody reads standard output any more: `| head -1` has what it
 * wanted. To be asked before anything is aborted.
 */
export function readerHasGone(error: unknown): boolean {
  const broken = AsyncWriteError.is(error) && error.code === "ERR_AW_BROKEN_PIPE";
  return broken && output?.state === "failed";
}
