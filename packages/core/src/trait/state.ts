/**
 * Where a writer is in its life. It only goes forward.
 *
 * - `open`: it accepts bytes
 * - `closing`: close has begun
 * - `closed`: close is done, all bytes are where they belong
 * - `failed`: it failed or was aborted; every poll throws the first failure
 */
export type WriterState = "open" | "closing" | "closed" | "failed";
