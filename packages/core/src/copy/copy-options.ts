/** What ends a `copy` early, hears of its progress, and flushes while the source idles. */
export interface CopyOptions {
  /** Ends the copy. Bytes that were accepted stay accepted. */
  signal?: AbortSignal | undefined;
  /** Called after each chunk with the count of bytes copied so far. */
  onProgress?: ((bytesCopied: number) => void) | undefined;
  /** Flushes when the source has nothing for a turn of the event loop. Default: true. */
  flushOnIdle?: boolean | undefined;
}
